using Fat.Analyzers.Tests.Harness;

namespace Fat.Analyzers.Tests;

public sealed class InterceptionTests
{
    [Theory]
    [InlineData("public class Orders { [FatTransaction] public Task {|FAT001:AddAsync|}() => Task.CompletedTask; }")]
    [InlineData("public sealed class Orders { [FatTransaction] public Task {|FAT001:AddAsync|}() => Task.CompletedTask; }")]
    [InlineData("public class Orders { [FatTransaction] private Task {|FAT001:AddAsync|}() => Task.CompletedTask; }")]
    [InlineData("public class Orders { [FatTransaction] internal virtual Task {|FAT001:AddAsync|}() => Task.CompletedTask; }")]
    [InlineData("public class Orders { [FatTransaction] private protected virtual Task {|FAT001:AddAsync|}() => Task.CompletedTask; }")]
    [InlineData("public class Orders { [FatTransaction] public static Task {|FAT001:AddAsync|}() => Task.CompletedTask; }")]
    [InlineData("public static class Orders { [FatTransaction] public static Task {|FAT001:AddAsync|}() => Task.CompletedTask; }")]
    [InlineData("public struct Orders { [FatTransaction] public Task {|FAT001:AddAsync|}() => Task.CompletedTask; }")]
    [InlineData("public class Base { [FatTransaction] public virtual Task AddAsync() => Task.CompletedTask; } public class Orders : Base { public sealed override Task {|FAT001:AddAsync|}() => Task.CompletedTask; }")]
    [InlineData("public interface IOrders { Task ListAsync(); } public class Orders : IOrders { public Task ListAsync() => Task.CompletedTask; [FatTransaction] public Task {|FAT001:AddAsync|}() => Task.CompletedTask; }")]
    [InlineData("public interface IOrders { void Add(ref int number); } public class Orders : IOrders { [FatTransaction] public void {|FAT001:Add|}(ref int number) => number++; }")]
    [InlineData("public class Orders { [FatTransaction] public virtual void {|FAT001:Add|}(out int number) => number = 1; }")]
    [InlineData("public class Orders { [FatTransaction] public virtual void {|FAT001:Add|}(in int number) { } }")]
    [InlineData("public class Orders { private int _last; [FatTransaction] public virtual ref int {|FAT001:Add|}() => ref _last; }")]
    [InlineData("public class Orders { [FatTransaction] public virtual async void {|FAT001:Add|}() => await Task.Yield(); }")]
    [InlineData("public class Orders { [FatTransaction] public virtual IEnumerable<int> {|FAT001:List|}() { yield return 1; } }")]
    [InlineData("public class Orders { [FatTransaction] public virtual async IAsyncEnumerable<int> {|FAT001:List|}() { await Task.Yield(); yield return 1; } }")]
    [InlineData("public class Orders { [FatTransaction(Replay = true)] public virtual Task {|FAT001:AddAsync|}<T>(T order) => Task.CompletedTask; }")]
    [InlineData("public interface IOrders { [FatTransaction] void {|FAT001:Add|}(ref int number); }")]
    [InlineData("public class Orders { public void Add() { [{|FAT001:FatTransaction|}] void Inner() { } Inner(); } }")]
    [InlineData("public class Orders { public Action Add() => [{|FAT001:FatTransaction|}] () => { }; }")]
    public Task What_no_proxy_intercepts_is_reported(string code) => Check.ReportsAsync($"using Fat;\n{code}\n");

    [Theory]
    [InlineData("public class Orders { [FatTransaction] public virtual Task AddAsync() => Task.CompletedTask; }")]
    [InlineData("public class Orders { [FatTransaction] protected virtual Task AddAsync() => Task.CompletedTask; }")]
    [InlineData("public class Orders { [FatTransaction] protected internal virtual Task AddAsync() => Task.CompletedTask; }")]
    [InlineData("public abstract class Orders { [FatTransaction] public abstract Task AddAsync(); }")]
    [InlineData("public interface IOrders { Task AddAsync(); } public sealed class Orders : IOrders { [FatTransaction] public Task AddAsync() => Task.CompletedTask; }")]
    [InlineData("public interface IOrders { Task AddAsync(); } public sealed class Orders : IOrders { [FatTransaction] Task IOrders.AddAsync() => Task.CompletedTask; }")]
    [InlineData("public interface IOrders<T> { Task AddAsync(T order); } public sealed class Orders : IOrders<int> { [FatTransaction] public Task AddAsync(int order) => Task.CompletedTask; }")]
    [InlineData("public interface IOrders<T> { Task AddAsync<S>(T order, S more); } public sealed class Orders<T> : IOrders<T> { [FatTransaction] public Task AddAsync<S>(T order, S more) => Task.CompletedTask; }")]
    [InlineData("public interface IOrders { [FatTransaction] Task AddAsync(); }")]
    [InlineData("public interface IOrders { Task AddAsync(); } public class Base { [FatTransaction] public Task AddAsync() => Task.CompletedTask; } public sealed class Orders : Base, IOrders;")]
    [InlineData("public abstract class Base { [FatTransaction] public Task AddAsync() => Task.CompletedTask; }")]
    [InlineData("public interface IOrders { Task AddAsync(); } public abstract class OrdersBase : IOrders { public abstract Task AddAsync(); } public sealed class Orders : OrdersBase { [FatTransaction] public override Task AddAsync() => Task.CompletedTask; }")]
    [InlineData("public interface IOrders { Task AddAsync(); } public abstract class OrdersBase : IOrders { public abstract Task AddAsync(); } public class Orders : OrdersBase { [FatTransaction] public sealed override Task AddAsync() => Task.CompletedTask; }")]
    [InlineData("public interface IHandler<T> { Task HandleAsync(T order); } public abstract class HandlerBase<T> : IHandler<T> { public virtual Task HandleAsync(T order) => Task.CompletedTask; } public sealed class Orders : HandlerBase<int> { [FatTransaction] public override Task HandleAsync(int order) => Task.CompletedTask; }")]
    [InlineData("public class Orders { [FatTransaction] public virtual IEnumerable<int> List() => new[] { 1 }; }")]
    [InlineData("public class Orders { [FatTransaction] public virtual List<int> List() { IEnumerable<int> All() { yield return 1; } return All().ToList(); } }")]
    [InlineData("public class Orders { [FatTransaction] public virtual Task AddAsync<T>(T order) => Task.CompletedTask; }")]
    [InlineData("public class Orders { [FatTransaction] public virtual void Add() { } }")]
    [InlineData("public class Orders { [FatServiceRegister] private static Task AddAsync() => Task.CompletedTask; }")]
    [InlineData("public class Orders { [Mine.FatTransaction] public Task AddAsync() => Task.CompletedTask; } namespace Mine { public sealed class FatTransactionAttribute : Attribute; }")]
    public Task What_a_proxy_intercepts_is_not(string code) => Check.ReportsAsync($"using Fat;\n{code}\n");

    [Theory]
    [InlineData("public interface IOrders; public class Orders : IOrders { [FatTransaction] public virtual Task AddAsync() => Task.CompletedTask; }", "IOrders, {|FAT001:Orders|}")]
    [InlineData("public interface IOrders; public class Orders : IOrders { [FatServiceRegister] public Task AddAsync() => Task.CompletedTask; }", "IOrders, {|FAT001:Orders|}")]
    [InlineData("public interface IOrders { Task AddAsync(); } public class Orders : IOrders { [FatTransaction] public Task AddAsync() => Task.CompletedTask; }", "{|FAT001:Orders|}")]
    [InlineData("public interface IOrders { Task AddAsync(); } public class Orders : IOrders { [FatTransaction] public Task AddAsync() => Task.CompletedTask; }", "{|FAT001:IOrders|}")]
    [InlineData("public interface IA { Task AAsync(); } public interface IB { Task BAsync(); } public class Both : IA, IB { [FatTransaction] public Task AAsync() => Task.CompletedTask; [FatTransaction] public Task BAsync() => Task.CompletedTask; }", "IA, {|FAT001:Both|}")]
    [InlineData("public class Base { [FatTransaction] public virtual Task AddAsync() => Task.CompletedTask; } public sealed class Orders : Base;", "{|FAT001:Orders|}")]
    [InlineData("internal interface IOrders { Task AddAsync(); } public class Orders : IOrders { [FatTransaction] public Task AddAsync() => Task.CompletedTask; }", "{|FAT001:IOrders|}, Orders")]
    public async Task A_registration_that_the_product_refuses_is_reported(string code, string types)
    {
        var text = Registering(code, types);

        await Check.ReportsAsync(text);
        Assert.NotNull(await Registered.ProblemAsync(Markup.Parse(text).Code));
    }

    [Theory]
    [InlineData("public interface IOrders { Task AddAsync(); } public class Orders : IOrders { [FatTransaction] public Task AddAsync() => Task.CompletedTask; }", "IOrders, Orders")]
    [InlineData("public interface IOrders { Task AddAsync(); } internal sealed class Orders : IOrders { [FatTransaction] public Task AddAsync() => Task.CompletedTask; }", "IOrders, Orders")]
    [InlineData("public interface IBase { Task AddAsync(); } public interface IOrders : IBase; public sealed class Orders : IOrders { [FatTransaction] public Task AddAsync() => Task.CompletedTask; }", "IOrders, Orders")]
    [InlineData("public interface IOrders { Task AddAsync(); } public class Base { [FatTransaction] public Task AddAsync() => Task.CompletedTask; } public sealed class Orders : Base, IOrders;", "IOrders, Orders")]
    [InlineData("public interface IOrders { Task AddAsync(); } public class Orders : IOrders { [FatTransaction] Task IOrders.AddAsync() => Task.CompletedTask; }", "IOrders, Orders")]
    [InlineData("public class Orders { [FatTransaction] public virtual Task AddAsync() => Task.CompletedTask; }", "Orders")]
    [InlineData("public class Base { [FatTransaction] public virtual Task AddAsync() => Task.CompletedTask; } public class Orders : Base { public override Task AddAsync() => Task.CompletedTask; }", "Orders")]
    [InlineData("public interface IOrders { Task AddAsync(); } public abstract class OrdersBase : IOrders { public abstract Task AddAsync(); } public class Orders : OrdersBase { [FatTransaction] public override Task AddAsync() => Task.CompletedTask; }", "IOrders, Orders")]
    [InlineData("public interface IHandler<T> { Task HandleAsync(T order); } public abstract class HandlerBase<T> : IHandler<T> { public virtual Task HandleAsync(T order) => Task.CompletedTask; } public class Orders : HandlerBase<int> { [FatTransaction] public override Task HandleAsync(int order) => Task.CompletedTask; }", "IHandler<int>, Orders")]
    public async Task A_registration_that_the_product_accepts_is_not(string code, string types)
    {
        var text = Registering(code, types);

        await Check.ReportsAsync(text);
        Assert.Null(await Registered.ProblemAsync(Markup.Parse(text).Code));
    }

    [Fact]
    public Task Internal_types_are_fine_where_the_proxies_assembly_sees_them() => Check.ReportsAsync(
        "using Fat;\n[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"DynamicProxyGenAssembly2\")]\n" +
        "internal interface IOrders { Task AddAsync(); }\ninternal class Orders : IOrders { [FatTransaction] public Task AddAsync() => Task.CompletedTask; }\n" +
        "internal static class Setup { public static void Register(IFatBuilder fat) => fat.AddTransactional<IOrders, Orders>(); }\n");

    [Theory]
    [InlineData(
        "public class Orders\n{\n    // Kept.\n    [FatTransaction]\n    public async Task {|FAT001:AddAsync|}() => await Task.Yield();\n}\n",
        "public class Orders\n{\n    // Kept.\n    [FatTransaction]\n    public virtual async Task AddAsync() => await Task.Yield();\n}\n")]
    [InlineData(
        "public class Orders\n{\n    [FatTransaction]\n    private async Task {|FAT001:AddAsync|}() => await Task.Yield();\n}\n",
        "public class Orders\n{\n    [FatTransaction]\n    protected virtual async Task AddAsync() => await Task.Yield();\n}\n")]
    [InlineData(
        "public class Orders\n{\n    [FatTransaction]\n    async Task {|FAT001:AddAsync|}() => await Task.Yield();\n}\n",
        "public class Orders\n{\n    [FatTransaction]\n    protected virtual async Task AddAsync() => await Task.Yield();\n}\n")]
    [InlineData(
        "public class Orders\n{\n    [FatTransaction]\n    Task {|FAT001:AddAsync|}() => Task.CompletedTask;\n}\n",
        "public class Orders\n{\n    [FatTransaction]\n    protected virtual Task AddAsync() => Task.CompletedTask;\n}\n")]
    [InlineData(
        "/// <summary>Kept.</summary>\npublic sealed class Orders\n{\n    [FatTransaction]\n    public Task {|FAT001:AddAsync|}() => Task.CompletedTask;\n}\n",
        "/// <summary>Kept.</summary>\npublic class Orders\n{\n    [FatTransaction]\n    public virtual Task AddAsync() => Task.CompletedTask;\n}\n")]
    [InlineData(
        "public class Orders\n{\n    [FatTransaction]\n    public virtual async void {|FAT001:Add|}() => await Task.Yield();\n}\n",
        "public class Orders\n{\n    [FatTransaction]\n    public virtual async Task Add() => await Task.Yield();\n}\n")]
    [InlineData(
        "public class Orders\n{\n    [FatTransaction(ReadOnly = false, Replay = true)]\n    public virtual Task {|FAT001:AddAsync|}<T>(T order) => Task.CompletedTask;\n}\n",
        "public class Orders\n{\n    [FatTransaction(ReadOnly = false)]\n    public virtual Task AddAsync<T>(T order) => Task.CompletedTask;\n}\n")]
    [InlineData(
        "public class Orders\n{\n    [FatTransaction(Replay = true)]\n    public virtual Task {|FAT001:AddAsync|}<T>(T order) => Task.CompletedTask;\n}\n",
        "public class Orders\n{\n    [FatTransaction]\n    public virtual Task AddAsync<T>(T order) => Task.CompletedTask;\n}\n")]
    public Task It_is_mended(string before, string after) => Check.FixesAsync($"using Fat;\n{before}", $"using Fat;\n{after}");

    [Theory]
    [InlineData("public class Orders { [FatTransaction] public static Task {|FAT001:AddAsync|}() => Task.CompletedTask; }")]
    [InlineData("public interface IOrders; public class Orders : IOrders { [FatTransaction] public Task {|FAT001:AddAsync|}() => Task.CompletedTask; }")]
    [InlineData("public class Orders { [FatTransaction] public virtual void {|FAT001:Add|}(ref int number) => number++; }")]
    [InlineData("public interface IOrders { void Add(); } public class Orders : IOrders { [FatTransaction] public async void {|FAT001:Add|}() => await Task.Yield(); }")]
    public Task Where_nobody_can_tell_what_is_right_nothing_is_offered(string code) => Check.OffersNothingAsync($"using Fat;\n{code}\n");

    private static string Registering(string code, string types) =>
        $"using Fat;\n{code}\npublic static class Setup {{ public static void Register(IFatBuilder fat) => fat.AddTransactional<{types}>(); }}\n";
}
