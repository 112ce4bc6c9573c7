using System.Data.Common;
using Fat.Core.Tests.World;
using Fat.Resources;
using Npgsql;

namespace Fat.Core.Tests.Dialects;

public sealed class PostgresBarrierTests(Servers servers) : BarrierContract
{
    private static int _number;

    private readonly string _name = $"barrier_{Interlocked.Increment(ref _number)}";

    protected override string TwoDaysAgo => "now() - interval '2 days'";

    protected override Task CreateAsync() => servers.Postgres.CreateDatabaseAsync(_name, Stop);

    protected override Task DropAsync() => servers.Postgres.DropDatabaseAsync(_name, Stop);

    protected override DbConnection Connect() => new NpgsqlConnection(servers.Postgres.ConnectionString(_name) + ";Pooling=false");

    private protected override async Task SpoilAsync(LocalTransaction transaction) =>
        await Assert.ThrowsAsync<PostgresException>(() => transaction.ExecuteAsync("SELECT no_such_function()", [], Stop));
}
