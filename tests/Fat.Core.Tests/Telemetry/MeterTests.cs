using System.Text.RegularExpressions;
using Fat.Core.Tests.World;
using Fat.TestServers.Network;
using Npgsql;

namespace Fat.Core.Tests.Telemetry;

/// <summary>What is counted, by what it is for.</summary>
[Collection(typeof(TelemetryCollection))]
public sealed partial class MeterTests(GroupWorld world) : IClassFixture<GroupWorld>, IDisposable
{
    private readonly Numbers _numbers = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _numbers.Dispose();

    [Fact]
    public async Task A_group_is_counted_once_by_its_outcome_and_timed()
    {
        var id = world.NextId();
        await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await world.Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
        });
        await world.Orders.RootAsync((items, _) => items.AddThenFailAsync(world.NextId()));
        await world.Stock.SeesAsync(id, Stop);

        foreach (var outcome in new[] { "committed", "rolled_back" })
        {
            Assert.Equal(1, Assert.Single(_numbers.Of("fat.groups", ("fat.service", "orders"), ("fat.outcome", outcome))).Value);
            Assert.InRange(Assert.Single(_numbers.Of("fat.group.duration", ("fat.service", "orders"), ("fat.outcome", outcome))).Value, 0, 20);
        }

        Assert.NotEmpty(_numbers.Of("fat.branch.duration", ("fat.service", "stock")));
        Assert.Single(_numbers.Of("fat.votes", ("fat.service", "stock"), ("fat.vote", "prepared"), ("fat.prepare", "early")));
        await _numbers.UntilAsync(1, "fat.stage.wait", ("fat.service", "stock"), ("fat.stage", "decision"), ("fat.decision", "committed"));
        Assert.NotEmpty(_numbers.Of("fat.registry.duration", ("fat.registry.operation", "register")));
    }

    [Fact]
    public async Task What_alarms_look_at_is_shown_before_it_happens_for_the_first_time()
    {
        await world.StartAsync("counted");

        foreach (var outcome in new[] { "committed", "rolled_back", "in_doubt" })
            None("fat.groups", ("fat.outcome", outcome));
        foreach (var kind in new[] { "opened", "replayed", "failed", "closed", "in_doubt" })
            None("fat.incidents", ("fat.event", kind));
        foreach (var outcome in new[] { "submitted", "cancelled", "consumed", "failed" })
            None("fat.messages", ("fat.outcome", outcome));
        foreach (var decision in new[] { "committed", "rolled_back" })
        {
            None("fat.forced", ("fat.decision", decision), ("fat.effect", "decided"));
            None("fat.forced", ("fat.decision", decision), ("fat.effect", "none"));
        }

        void None(string instrument, params (string, string)[] attributes) => Assert.Equal(0, Assert.Single(_numbers.Of(instrument, [("fat.service", "counted"), .. attributes])).Value);
    }

    [Fact]
    public async Task What_is_open_is_to_be_seen_while_it_is()
    {
        var id = world.NextId();
        var seen = new Dictionary<string, double>(StringComparer.Ordinal);
        await world.Orders.RootAsync(async (items, token) =>
        {
            await world.Stock.CallAsync((stock, stop) => stock.WorkAsync(async context =>
            {
                context.Items.Add(new Item { Id = id });
                await context.SaveChangesAsync(stop);
                foreach (var (name, service) in new[] { ("fat.group.open", "orders"), ("fat.scope.open", "stock"), ("fat.worker.busy", "stock"), ("fat.worker.limit", "stock") })
                    seen[name] = _numbers.Of(name, ("fat.service", service))[^1].Value;
            }));
            seen["fat.branch.waiting"] = _numbers.Of("fat.branch.waiting", ("fat.service", "stock"))[^1].Value;
        });

        Assert.Equal(1, seen["fat.group.open"]);
        Assert.Equal(1, seen["fat.scope.open"]);
        Assert.Equal(1, seen["fat.worker.busy"]);
        Assert.Equal(256, seen["fat.worker.limit"]);
        Assert.Equal(1, seen["fat.branch.waiting"]);
        await world.Stock.SeesAsync(id, Stop);
        Assert.Equal(0, _numbers.Of("fat.group.open", ("fat.service", "orders"))[^1].Value);
    }

    [Fact]
    public async Task What_is_in_doubt_is_to_be_seen_as_recovery_sees_it()
    {
        var name = $"fat:{Guid.CreateVersion7()}:1-00000001-1:nobody:nowhere";
        await using var connection = new NpgsqlConnection(world.Accounts.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Stop);
        await ExecuteAsync($"BEGIN; INSERT INTO items VALUES ({world.NextId()}, 'in doubt'); PREPARE TRANSACTION '{name}'");
        try
        {
            await SeenAsync(value => value == 1);
            Assert.Contains(_numbers.Of("fat.in_doubt.age", ("fat.service", "accounts")), number => number.Value > 0);
        }
        finally
        {
            await ExecuteAsync($"ROLLBACK PREPARED '{name}'");
        }

        await SeenAsync(value => value == 0);

        async Task SeenAsync(Func<double, bool> wanted)
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Stop);
            deadline.CancelAfter(TimeSpan.FromSeconds(20));
            while (!(_numbers.Of("fat.in_doubt.branches", ("fat.service", "accounts"), ("fat.database", "accounts")) is [.., var last] && wanted(last.Value)))
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, deadline.Token);
        }

        async Task ExecuteAsync(string sql)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync(Stop);
        }
    }

    [Fact]
    public async Task A_registry_that_is_away_is_counted()
    {
        await using var route = await FaultyProxy.StartAsync(world.Servers.Redis.Host, world.Servers.Redis.Port, cancellationToken: Stop);
        await world.StartAsync("remote", options =>
        {
            options.Redis.Configuration = null;
            options.Redis.Host = route.Host;
            options.Redis.Port = route.Port;
            options.Redis.CommandTimeout = options.Redis.ConnectTimeout = TimeSpan.FromMilliseconds(300);
        });
        await route.RefuseAsync(Stop);
        await route.CutAsync(Stop);

        var errors = await _numbers.UntilAsync(1, "fat.registry.errors");
        Assert.All(errors, error => Assert.Equal(["error.type", "fat.registry.operation"], error.Attributes.Keys.Order(StringComparer.Ordinal)));
    }

    /// <summary>The table says which attributes there are; whatever was measured has no others.</summary>
    [Fact]
    public async Task Attributes_are_those_of_the_table()
    {
        await A_group_is_counted_once_by_its_outcome_and_timed();
        await What_is_open_is_to_be_seen_while_it_is();

        var table = Table();
        foreach (var number in _numbers.All)
            Assert.All(number.Attributes.Keys, key => Assert.Contains(key, table[number.Instrument]));
    }

    private static Dictionary<string, string> Table()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Fat.sln")))
            folder = folder.Parent!;
        var rows = File.ReadLines(Path.Combine(folder.FullName, "docs", "telemetry.md")).Select(line => Row().Match(line)).Where(row => row.Success);
        return rows.ToDictionary(row => row.Groups["name"].Value, row => row.Groups["attributes"].Value, StringComparer.Ordinal);
    }

    [GeneratedRegex(@"^\| `(?<name>fat\.[a-z_.]+)` \| [a-z -]+ \| [^|]+ \| (?<attributes>[^|]*) \|", RegexOptions.NonBacktracking)]
    private static partial Regex Row();
}
