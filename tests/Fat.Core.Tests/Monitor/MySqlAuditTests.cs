using Fat.Core.Tests.Dialects;
using Fat.Core.Tests.World;

namespace Fat.Core.Tests.Monitor;

[Collection(typeof(MariaDbCollection))]
public sealed class MySqlAuditTests(Servers servers, MariaDb server) : AuditContract
{
    private readonly TillWorld _world = new(servers, server);

    protected override IServiceProvider Services => _world.Till.Services;

    protected override string Database => "till";

    public override ValueTask InitializeAsync() => _world.InitializeAsync();

    public override ValueTask DisposeAsync() => _world.DisposeAsync();

    protected override Task RenameAsync(string table, string name) => MariaDb.ExecuteAsync(_world.Till.ConnectionString, $"RENAME TABLE {table} TO {name}");
}
