using Fat.Core.Tests.Incidents;
using Fat.Core.Tests.World;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Fat.Core.Tests.Security;

/// <summary>Services whose database users have the privileges of docs/security.md, and those on the application's own table.</summary>
public sealed class PostgresRoleTests(Servers servers)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_documented_grants_are_enough()
    {
        await using var world = new GrantedWorld(servers);
        await world.InitializeAsync();
        var id = world.NextId();
        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await world.Stock.CallAsync((items, token) => items.AddAsync(id, token));
            await world.Held.CallAsync((items, token) => items.AddAsync(id, token));
        });

        Assert.Null(result.Error);
        foreach (var child in new[] { world.Stock, world.Held })
            await child.SeesAsync(id, Stop);
        await LostBranchWorld.UntilAsync(() => world.Held.QueryAsync<long>("SELECT count(*) FROM fat_journal"), 0);
        await LostBranchWorld.UntilAsync(() => world.Orders.QueryAsync<long>("SELECT count(*) FROM fat_barrier WHERE op = 'decision'"), 0);

        await world.Orders.Services.GetRequiredService<IFatAudit>().RecordAsync(result.Gid, "look", "me", "why not", Stop);
        Assert.Equal(1, await world.Orders.QueryAsync<long>("SELECT count(*) FROM fat_audit"));
        Assert.Empty((await world.Orders.Services.GetRequiredService<IFatAdmin>().ShowAsync(result.Gid, Stop)).Unreachable);
    }

    private sealed class GrantedWorld(Servers servers) : GroupWorld(servers)
    {
        private readonly string _role = $"granted_{Guid.NewGuid():N}";
        private bool _asRole;
        private Service _stock = null!;

        /// <summary>A service that holds its transactions open.</summary>
        public Service Held { get; private set; } = null!;

        public new Service Stock => _stock;

        public override async ValueTask InitializeAsync()
        {
            await ExecuteAsync("postgres", $"CREATE ROLE {_role} LOGIN PASSWORD 'granted'");
            foreach (var name in new[] { "orders", "stock", "held" })
            {
                // The owner makes the tables.
                var owner = await StartAsync(name, database: database => database.Held = name == "held");
                var database = new NpgsqlConnectionStringBuilder(owner.ConnectionString).Database!;
                await StopAsync(owner);
                await ExecuteAsync(database, $"REVOKE ALL ON DATABASE {database} FROM PUBLIC; REVOKE ALL ON SCHEMA public FROM PUBLIC");
                foreach (var grant in Grants())
                    await ExecuteAsync(database, grant.Replace("orders_service", _role, StringComparison.Ordinal).Replace("DATABASE orders", $"DATABASE {database}", StringComparison.Ordinal));
                await ExecuteAsync(database, $"GRANT SELECT, INSERT ON items TO {_role}");
            }

            _asRole = true;
            Orders = await StartAsync("orders", Granted);
            _stock = await StartAsync("stock", Granted);
            Held = await StartAsync("held", Granted, database: database => database.Held = true);
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await ExecuteAsync("postgres", $"DROP ROLE {_role}");
        }

        protected override string Route(string service, string connectionString) => _asRole
            ? new NpgsqlConnectionStringBuilder(connectionString) { Username = _role, Password = "granted" }.ConnectionString
            : connectionString;

        private static void Granted(FatOptions options) => options.CreateBarrierTable = false;

        private static IEnumerable<string> Grants() =>
            File.ReadAllLines(Path.Combine(AclLine.Root(), "docs", "security.md")).Where(line => line.StartsWith("GRANT ", StringComparison.Ordinal));

        private async Task ExecuteAsync(string database, string sql)
        {
            await using var connection = new NpgsqlConnection(Servers.Postgres.ConnectionString(database) + ";Pooling=false");
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync();
        }
    }
}
