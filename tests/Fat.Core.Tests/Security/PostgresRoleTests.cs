using Fat.Coordination;
using Fat.Core.Tests.Administration;
using Fat.Core.Tests.Incidents;
using Fat.Core.Tests.World;
using Fat.Decisions;
using Fat.Journal;
using Fat.Protocol;
using Fat.Recovery;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Fat.Core.Tests.Security;

/// <summary>Services whose database users have the privileges of docs/security.md, and those on the application's own table.</summary>
public sealed class PostgresRoleTests(Servers servers)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_documented_grants_are_enough_once_the_tables_are_there(bool createTables)
    {
        await using var world = new GrantedWorld(servers, createTables);
        await world.InitializeAsync();
        Assert.DoesNotContain(world.Log.Lines, line => line.StartsWith("Warning 111", StringComparison.Ordinal));
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

    [Fact]
    public async Task The_documented_grants_let_the_registry_overrule_a_forced_decision()
    {
        await using var world = new GrantedWorld(servers, createTables: false);
        await world.InitializeAsync();
        var (gid, log) = (GroupId.New(TimeProvider.System.GetUtcNow()), AdminWorld.Databases(world.Stock).DecisionLog!.Forced);
        await log.ProposeAsync(new ForcedDecision(gid, DecisionRecord.RolledBack, "bob", "It hangs.", AdminWorld.Instance(world.Stock)), Stop);
        await AdminWorld.Registry(world.Stock).PublishAsync(gid, new DecisionRecord(Decision.Committed, []), Stop);

        var standing = await new ForcedHere(world.Stock.Services.GetRequiredService<Participant>()).AgreeAsync(log, gid, DecisionRecord.RolledBack, Stop);

        Assert.Equal(Decision.Committed, standing!.Decision);
        Assert.Equal(1, await world.Stock.QueryAsync<long>("SELECT count(*) FROM fat_barrier WHERE op = 'forced' AND reason = 'committed'"));
        Assert.Equal(1, await world.Stock.QueryAsync<long>("SELECT count(*) FROM fat_audit WHERE effect = 'none' AND standing = 'committed'"));
    }

    [Fact]
    public async Task Tables_that_are_missing_and_may_not_be_created_are_not_a_database_that_is_away()
    {
        await using var world = new GrantedWorld(servers, createTables: true);
        await world.InitializeAsync();
        await world.StopAsync(world.Stock);
        await world.DropTablesAsync("stock");
        var before = world.Log.Lines.Count();

        // A machine that is busy is not to be taken for a database that does not answer.
        await world.StartStockAsync(waitCommit: TimeSpan.FromSeconds(30));

        var lines = world.Log.Lines.Skip(before).ToList();
        Assert.Contains(lines, line => line.StartsWith("Warning 111", StringComparison.Ordinal) && line.Contains("permission denied", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith("Warning 104 Fat: database stock ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_journal_that_the_user_may_not_read_is_none_for_a_database_that_prepares()
    {
        await using var world = new GrantedWorld(servers, createTables: false);
        await world.InitializeAsync();
        await world.StopAsync(world.Stock);
        await world.ExecuteAsync("stock", $"REVOKE ALL ON fat_journal, fat_journal_events FROM {world.Role}");
        var before = world.Log.Lines.Count();
        await world.StartStockAsync();
        var journal = (BranchJournal)world.Stock.Services.GetRequiredService<Databases>().All.First(resource => resource.Journal is not null).Journal!;

        Assert.False(await journal.IsKeptAsync(Stop));
        Assert.Empty(await journal.ListOpenAsync(Stop));
        var health = await world.Stock.Services.GetRequiredService<IFatHealth>().CheckAsync(Stop);
        Assert.Equal(FatHealthState.Healthy, health.Parts.Single(part => part.Name == "incidents").State);

        // Another instance of the service holds branches: before the next acknowledgement its journal counts.
        await world.ExecuteAsync("stock", $"GRANT SELECT ON fat_journal TO {world.Role}");
        await world.ExecuteAsync(
            "stock",
            """
            INSERT INTO fat_journal (gid, branch_id, service, database_name, instance, root_service, decision_database, call_service, call_method, call_name, replay)
            VALUES ('0198c0de-0000-7000-8000-000000000001', '1-0000000a-1', 'stock', 'stock', 'stock~000000000001', 'orders', 'orders', '', '', '', 1)
            """);
        Assert.Equal("1-0000000a-1", Assert.Single(await journal.ListOpenAsync(Stop)).Branch.Text);
        Assert.DoesNotContain(world.Log.Lines.Skip(before), line => line.Contains("permission denied", StringComparison.Ordinal));
    }

    private sealed class GrantedWorld(Servers servers, bool createTables) : GroupWorld(servers)
    {
        private readonly Dictionary<string, string> _databases = [];
        private readonly string _role = $"granted_{Guid.NewGuid():N}";
        private bool _asRole;
        private Service _stock = null!;

        /// <summary>A service that holds its transactions open.</summary>
        public Service Held { get; private set; } = null!;

        public new Service Stock => _stock;

        /// <summary>The user of the services.</summary>
        public string Role => _role;

        /// <summary>What the services with the role have said.</summary>
        public LogLines Log { get; } = new();

        public override async ValueTask InitializeAsync()
        {
            await ServerAsync("postgres", $"CREATE ROLE {_role} LOGIN PASSWORD 'granted'");
            foreach (var name in new[] { "orders", "stock", "held" })
            {
                // The owner makes the tables.
                var owner = await StartAsync(name, database: database => database.Held = name == "held");
                var database = new NpgsqlConnectionStringBuilder(owner.ConnectionString).Database!;
                _databases[name] = database;
                await StopAsync(owner);
                await ServerAsync(database, $"REVOKE ALL ON DATABASE {database} FROM PUBLIC; REVOKE ALL ON SCHEMA public FROM PUBLIC");
                foreach (var grant in Grants())
                    await ServerAsync(database, grant.Replace("orders_service", _role, StringComparison.Ordinal).Replace("DATABASE orders", $"DATABASE {database}", StringComparison.Ordinal));
                await ServerAsync(database, $"GRANT SELECT, INSERT ON items TO {_role}");
            }

            _asRole = true;
            Orders = await StartAsync("orders", Granted, Logged);
            await StartStockAsync();
            Held = await StartAsync("held", Granted, Logged, database => database.Held = true);
        }

        public async Task StartStockAsync(TimeSpan? waitCommit = null) => _stock = await StartAsync(
            "stock",
            options =>
            {
                Granted(options);
                options.WaitCommit = waitCommit ?? options.WaitCommit;
            },
            Logged);

        public Task DropTablesAsync(string service) => ExecuteAsync(service, "DROP TABLE fat_barrier, fat_audit");

        /// <summary>As the owner of the tables.</summary>
        public Task ExecuteAsync(string service, string sql) => ServerAsync(_databases[service], sql);

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await ServerAsync("postgres", $"DROP ROLE {_role}");
        }

        protected override string Route(string service, string connectionString) => _asRole
            ? new NpgsqlConnectionStringBuilder(connectionString) { Username = _role, Password = "granted" }.ConnectionString
            : connectionString;

        private void Granted(FatOptions options) => options.CreateBarrierTable = createTables;

        private void Logged(IFatBuilder fat) => fat.Services.AddSingleton<ILoggerProvider>(Log);

        private static IEnumerable<string> Grants() =>
            File.ReadAllLines(Path.Combine(AclLine.Root(), "docs", "security.md")).Where(line => line.StartsWith("GRANT ", StringComparison.Ordinal));

        private async Task ServerAsync(string database, string sql)
        {
            await using var connection = new NpgsqlConnection(Servers.Postgres.ConnectionString(database) + ";Pooling=false");
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync();
        }
    }
}
