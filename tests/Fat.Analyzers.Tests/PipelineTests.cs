using Fat.Analyzers.Tests.Harness;

namespace Fat.Analyzers.Tests;

public sealed class PipelineTests
{
    private const string Marked = "app.MapPost(\"/orders\", [FatServiceRegister] () => 1);";

    [Theory]
    [InlineData("app.MapPost(\"/orders\", [{|FAT008:FatServiceRegister|}] () => 1);", "")]
    [InlineData("app.MapGroup(\"/shop\").MapPut(\"/orders\", [{|FAT008:FatServiceRegister(ServiceCount = 0)|}] async (int id) => { await Task.Yield(); return id; });", "")]
    [InlineData("app.MapPost(\"/orders\", AddAsync); [{|FAT008:FatServiceRegister|}] static Task AddAsync() => Task.CompletedTask;", "")]
    [InlineData("app.MapPost(\"/orders\", {|FAT008:Handlers.AddAsync|});", "static class Handlers { [FatServiceRegister] public static Task AddAsync() => Task.CompletedTask; }")]
    [InlineData("app.MapControllers();", "public class OrdersController : ControllerBase { [{|FAT008:FatServiceRegister|}, HttpPost] public Task AddAsync() => Task.CompletedTask; }")]
    [InlineData("app.MapControllers();", "[FatServiceRegister] public class OrdersController : ControllerBase { public Task {|FAT008:AddAsync|}() => Task.CompletedTask; }")]
    [InlineData("app.MapControllers();", "public class Orders { [{|FAT008:FatServiceRegister|}, HttpPost(\"/orders\")] public Task AddAsync() => Task.CompletedTask; }")]
    public Task A_marked_endpoint_without_the_middleware_is_reported(string use, string types) => Check.ReportsAsync(Program(use, types));

    [Theory]
    [InlineData("app.UseFat(); " + Marked, "")]
    [InlineData(Marked + " app.MapWhen(_ => true, branch => branch.UseFat());", "")]
    [InlineData("Ours.Use(app); " + Marked, "static class Ours { public static void Use(WebApplication app) => app.UseFat(); }")]
    [InlineData(Marked, "sealed class Adapter(IFatScopes scopes) { public IFatScopes Scopes => scopes; }")]
    [InlineData("app.MapPost(\"/orders\", () => 1);", "")]
    [InlineData("app.MapPost(\"/orders\", (IOrders orders) => orders.AddAsync());", "public interface IOrders { [FatServiceRegister] Task AddAsync(); }")]
    [InlineData("app.MapControllers();", "[FatServiceRegister] public class OrdersController : ControllerBase { public OrdersController() { } [NonAction] public int Count() => 1; private static void Go() { } }")]
    [InlineData("app.MapRazorPages();", "public class Page : Microsoft.AspNetCore.Mvc.RazorPages.PageModel { [FatServiceRegister] public Task OnPostAsync() => Task.CompletedTask; }")]
    public Task What_has_it_or_needs_it_not_is_not(string use, string types) => Check.ReportsAsync(Program(use, types));

    [Fact]
    public Task Where_Fat_is_not_set_up_another_project_may_do_it() => Check.ReportsAsync(Program(Marked, "").Replace("builder.Services.AddFat();", "", StringComparison.Ordinal));

    [Fact]
    public Task A_library_is_used_by_whoever_has_the_middleware() =>
        Check.ReportsAsync("using Fat;\npublic static class Map { public static void All(WebApplication app, IServiceCollection services) { services.AddFat(); " + Marked + " } }");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_referenced_project_may_add_it(bool knowsFat)
    {
        var company = Project.Of("public static class Company { public static void Use(object app) { } }", knowsFat ? "Fat.AspNetCore" : "Other.AspNetCore");

        var found = await Compiled.FindAsync(Compiled.Of(Program("Company.Use(app); " + Marked, "")).AddReferences(company));

        Assert.Equal(knowsFat ? [] : ["FAT008"], found.Select(diagnostic => diagnostic.Id));
    }

    private static string Program(string use, string types) => $$"""
        using Fat;
        using Microsoft.AspNetCore.Mvc;
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddFat();
        var app = builder.Build();
        {{use}}
        await app.RunAsync();
        {{types}}

        """;
}
