using Fat.Analyzers.Tests.Harness;

namespace Fat.Analyzers.Tests;

public sealed class SelfCallTests
{
    [Theory]
    [InlineData("public Task AllAsync() => {|FAT007:AddAsync()|}; [FatTransaction] public Task AddAsync() => Task.CompletedTask;")]
    [InlineData("public Task AllAsync() => {|FAT007:this.AddAsync()|}; [FatTransaction] public Task AddAsync() => Task.CompletedTask;")]
    [InlineData("public async Task AllAsync() { foreach (var i in new[] { 1, 2 }) await {|FAT007:AddAsync()|}; } [FatTransaction] public Task AddAsync() => Task.CompletedTask;")]
    [InlineData("public Task AllAsync() => {|FAT007:AddAsync()|}; [FatServiceRegister] public Task AddAsync() => Task.CompletedTask;")]
    [InlineData("[FatServiceRegister] public Task AllAsync() => {|FAT007:AddAsync()|}; [FatTransaction] public Task AddAsync() => Task.CompletedTask;")]
    [InlineData("[FatTransaction] public Task AllAsync() => {|FAT007:AddAsync()|}; [FatTransaction(Database = \"other\")] public Task AddAsync() => Task.CompletedTask;")]
    public Task A_call_past_the_proxy_is_reported(string members) => Check.ReportsAsync(Service(members));

    [Theory]
    [InlineData("[FatTransaction] public Task AllAsync() => AddAsync(); [FatTransaction] public Task AddAsync() => Task.CompletedTask;")]
    [InlineData("[FatServiceRegister] public Task AllAsync() => AddAsync(); [FatServiceRegister] public Task AddAsync() => Task.CompletedTask;")]
    [InlineData("[FatTransaction] public Task AllAsync() => HelpAsync(); private Task HelpAsync() => AddAsync(); [FatTransaction] public Task AddAsync() => Task.CompletedTask;")]
    [InlineData("public Task AllAsync() => AddAsync(); public Task AddAsync() => Task.CompletedTask;")]
    [InlineData("public Task AllAsync() => _other.AddAsync(); [FatTransaction] public Task AddAsync() => Task.CompletedTask; private readonly IOrders _other = null!;")]
    public Task Where_nothing_is_lost_it_is_not(string members) => Check.ReportsAsync(Service(members));

    [Fact]
    public Task A_class_proxy_sees_calls_on_itself() => Check.ReportsAsync(
        "using Fat;\npublic class Orders { public virtual Task AllAsync() => AddAsync(); [FatTransaction] public virtual Task AddAsync() => Task.CompletedTask; }\n");

    private static string Service(string members) =>
        $"using Fat;\npublic interface IOrders {{ Task AllAsync(); Task AddAsync(); }}\npublic sealed class Orders : IOrders {{ {members} }}\n";
}
