using System.Data.Common;
using Fat.Core.Tests.World;
using Npgsql;

namespace Fat.Core.Tests.Dialects;

public sealed class PostgresJournalTests(Servers servers) : JournalContract
{
    private static int _number;

    private readonly string _name = $"journal_{Interlocked.Increment(ref _number)}";

    protected override Task CreateAsync() => servers.Postgres.CreateDatabaseAsync(_name, Stop);

    protected override Task DropAsync() => servers.Postgres.DropDatabaseAsync(_name, Stop);

    protected override DbConnection Connect() => new NpgsqlConnection(servers.Postgres.ConnectionString(_name) + ";Pooling=false");
}
