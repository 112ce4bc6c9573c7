using Fat.Analyzers.Tests.Harness;

namespace Fat.Analyzers.Tests;

public sealed class EndpointTests
{
    [Theory]
    [InlineData("public class OrdersController : ControllerBase { [{|FAT002:FatTransaction|}, HttpPost] public Task AddAsync() => Task.CompletedTask; }")]
    [InlineData("[ApiController] public class OrdersController : ControllerBase { [{|FAT002:FatTransaction(ReadOnly = true)|}] public virtual Task AddAsync() => Task.CompletedTask; }")]
    [InlineData("public class Orders { [{|FAT002:FatTransaction|}, HttpPost(\"/orders\")] public Task AddAsync() => Task.CompletedTask; }")]
    [InlineData("public class Page : Microsoft.AspNetCore.Mvc.RazorPages.PageModel { [{|FAT002:FatTransaction|}] public Task OnPostAsync() => Task.CompletedTask; }")]
    [InlineData("static class Map { static void All(WebApplication app) => app.MapPost(\"/orders\", [{|FAT002:FatTransaction|}] () => 1); }")]
    [InlineData("static class Map { static void All(WebApplication app) => app.MapPost(\"/orders\", [FatServiceRegister, {|FAT002:FatTransaction|}] async (int id) => { await Task.Yield(); return id; }); }")]
    [InlineData("static class Map { static void All(WebApplication app) { app.MapPost(\"/orders\", AddAsync); [{|FAT002:FatTransaction|}] static Task AddAsync() => Task.CompletedTask; } }")]
    [InlineData("static class Map { static void All(WebApplication app) => app.MapPost(\"/orders\", {|FAT002:AddAsync|}); [FatTransaction] static Task AddAsync() => Task.CompletedTask; }")]
    [InlineData("static class Map { static void All(WebApplication app) => app.MapGroup(\"/x\").MapMethods(\"/orders\", new[] { \"PUT\" }, {|FAT002:new Orders().AddAsync|}); } public class Orders { [FatTransaction] public virtual Task AddAsync() => Task.CompletedTask; }")]
    public Task An_endpoint_with_a_transaction_is_reported(string code) => Check.ReportsAsync(Using(code));

    [Theory]
    [InlineData("public class OrdersController : ControllerBase { [FatServiceRegister, HttpPost] public Task AddAsync() => Task.CompletedTask; }")]
    [InlineData("static class Map { static void All(WebApplication app) => app.MapPost(\"/orders\", [FatServiceRegister] () => 1); }")]
    [InlineData("static class Map { static void All(WebApplication app) => app.MapPost(\"/orders\", AddAsync); [FatServiceRegister] static Task AddAsync() => Task.CompletedTask; }")]
    [InlineData("public interface IOrders { [FatTransaction] Task AddAsync(); } static class Map { static void All(WebApplication app, IOrders orders) => app.MapPost(\"/orders\", orders.AddAsync); } public class Orders : IOrders { public Task AddAsync() => Task.CompletedTask; }")]
    [InlineData("public interface IStockController { Task AddAsync(); } public class StockController : IStockController { [FatTransaction] public Task AddAsync() => Task.CompletedTask; }")]
    public Task A_scope_and_a_service_are_not(string code) => Check.ReportsAsync(Using(code));

    [Fact]
    public Task No_change_is_safe() => Check.OffersNothingAsync(Using("public class OrdersController : ControllerBase { [{|FAT002:FatTransaction|}] public Task AddAsync() => Task.CompletedTask; }"));

    private static string Using(string code) => $"using Fat;\nusing Microsoft.AspNetCore.Mvc;\n{code}\n";
}
