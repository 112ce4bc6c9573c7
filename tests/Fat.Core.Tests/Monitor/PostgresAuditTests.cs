using Fat.Core.Tests.World;

namespace Fat.Core.Tests.Monitor;

public sealed class PostgresAuditTests(Servers servers) : AuditContract
{
    private readonly GroupWorld _world = new(servers);

    protected override IServiceProvider Services => _world.Orders.Services;

    protected override string Database => "orders";

    public override ValueTask InitializeAsync() => _world.InitializeAsync();

    public override ValueTask DisposeAsync() => _world.DisposeAsync();

    protected override Task RenameAsync(string table, string name) => _world.Orders.QueryAsync<object>($"ALTER TABLE {table} RENAME TO {name}");
}
