using System.Data.Common;
using MySql.Data.MySqlClient;

namespace Fat.Core.Tests.Dialects;

[Collection(typeof(MariaDbCollection))]
public sealed class MySqlMessageSqlTests(MariaDb server) : MessageSqlContract
{
    private string _connectionString = null!;

    protected override string TwoDaysAgo => "UTC_TIMESTAMP(6) - INTERVAL 2 DAY";

    protected override string Qualified => $"{new MySqlConnectionStringBuilder(_connectionString).Database}.`fat_barrier`";

    protected override async Task CreateAsync() => _connectionString = await server.CreateAsync();

    protected override Task DropAsync() => server.DropAsync(_connectionString);

    protected override DbConnection Connect() => new MySqlConnection(_connectionString + ";Pooling=false");
}
