using System.Data.Common;
using MySql.Data.MySqlClient;

namespace Fat.Core.Tests.Dialects;

[Collection(typeof(MariaDbCollection))]
public sealed class MySqlJournalTests(MariaDb server) : JournalContract
{
    private string _connectionString = null!;

    protected override async Task CreateAsync() => _connectionString = await server.CreateAsync();

    protected override Task DropAsync() => server.DropAsync(_connectionString);

    protected override DbConnection Connect() => new MySqlConnection(_connectionString + ";Pooling=false");
}
