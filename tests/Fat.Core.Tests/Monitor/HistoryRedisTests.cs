using System.Diagnostics;
using System.Globalization;
using Fat.Core.Tests.Registry;
using Fat.Registry;

namespace Fat.Core.Tests.Monitor;

/// <summary>What the history costs a Redis server: bounded memory, a command for many groups, and quick pages however long it is.</summary>
public sealed class HistoryRedisTests(PlainRedisFixture fixture) : IClassFixture<PlainRedisFixture>, IAsyncLifetime
{
    /// <summary>What docs/redis-keys.md and docs/configuration.md say of a group with three branches.</summary>
    private const double MostBytesPerGroup = 1200;

    private OpenRegistry _registry = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public async ValueTask InitializeAsync()
    {
        await fixture.ExecuteAsync("FLUSHALL");
        _registry = OpenRegistry.Of(new FatRedisOptions { Host = fixture.Server.Host, Port = fixture.Server.Port });
    }

    public ValueTask DisposeAsync() => _registry.DisposeAsync();

    [Fact]
    public async Task A_group_of_three_branches_takes_no_more_memory_than_is_said()
    {
        const int Groups = 10_000;
        await LoadAsync(64, Groups, withBranches: true);
        await fixture.ExecuteAsync("FLUSHALL");
        var before = await UsedMemoryAsync();

        await LoadAsync(Groups, Groups, withBranches: true);

        var each = (await UsedMemoryAsync() - before) / (double)Groups;
        TestContext.Current.TestOutputHelper?.WriteLine($"{each:0} bytes a group");
        Assert.InRange(each, 500, MostBytesPerGroup);
    }

    [Fact]
    public async Task What_is_forgotten_leaves_nothing()
    {
        const int Kept = 500;
        await LoadAsync(2000, Kept, withBranches: true);

        // Beside the records, the service's own word on how many to keep.
        Assert.Equal(Kept + 1, await NumberAsync("HLEN", "fat:past:{orders}:groups"));
        var listed = 0L;
        foreach (var outcome in new[] { "committed", "rolled-back", "in-doubt", "told" })
            listed += await NumberAsync("ZCARD", $"fat:past:{{orders}}:{outcome}");
        Assert.Equal(Kept, listed);
    }

    [Fact]
    public async Task Fewer_groups_are_kept_as_soon_as_the_service_wants_fewer()
    {
        await LoadAsync(3000, 3000, withBranches: false);

        // So many go with one command.
        await LoadAsync(64 * (1 + (3000 / RegistryLimits.ForgottenTogether) + 1), 100, withBranches: false);

        Assert.Equal(100 + 1, await NumberAsync("HLEN", "fat:past:{orders}:groups"));
    }

    [Fact]
    public async Task Every_key_expires()
    {
        await LoadAsync(200, 1000, withBranches: true);
        var instance = GroupSample.NewInstance("orders");
        await _registry.Groups.HeartbeatAsync(instance, Stop);
        await _registry.History.TellStatusAsync(instance, "{}", Stop);

        var keys = ((IEnumerable<object?>)(await fixture.ExecuteAsync("KEYS", "*"))!).Cast<string>().ToList();

        Assert.Contains(keys, key => key.StartsWith("fat:count:{orders}:h:", StringComparison.Ordinal));
        Assert.Contains(keys, key => key.StartsWith("fat:count:{orders}:m:", StringComparison.Ordinal));
        foreach (var key in keys)
        {
            var most = key switch
            {
                _ when key.StartsWith("fat:past", StringComparison.Ordinal) => RegistryLifetimes.Past,
                _ when key.Contains(":h:", StringComparison.Ordinal) => RegistryLifetimes.Hours,
                _ when key.Contains(":m:", StringComparison.Ordinal) => RegistryLifetimes.Minutes,
                "fat:instances" => RegistryLifetimes.Heartbeat,
                _ => RegistryLifetimes.Status,
            };
            Assert.InRange(TimeSpan.FromMilliseconds(await NumberAsync("PTTL", key)), most - TimeSpan.FromMinutes(1), most);
        }
    }

    [Fact]
    public async Task A_hundred_entries_of_a_service_cost_two_commands()
    {
        var entries = Enumerable.Range(0, 25).Select(number => PastLoad.Group(number, Now)).SelectMany(group => PastLoad.Branches(group).Append<PastEntry>(group)).ToList();
        await TellAsync(entries, 1000);
        await using var counter = await CommandCounter.StartAsync(fixture, Stop);

        await TellAsync(entries, 1000);

        Assert.Equal(2, await counter.StopAsync(Stop));
    }

    [Fact]
    public async Task A_page_of_a_hundred_thousand_groups_is_there_within_a_tenth_of_a_second()
    {
        const int Groups = 100_000;
        const int Pages = 300;
        var (loading, places) = (Stopwatch.GetTimestamp(), await LoadAsync(Groups, Groups, withBranches: false));
        TestContext.Current.TestOutputHelper?.WriteLine($"loaded in {Stopwatch.GetElapsedTime(loading)}");
        var took = new List<TimeSpan>();
        for (var page = 0; page < Pages; page++)
        {
            // Anywhere in the list, of any outcome and of each, by time.
            var behind = places[page * (Groups / Pages)];
            var query = (page % 3) switch
            {
                0 => new PastQuery(null, null, null, behind, 101),
                1 => new PastQuery(PastOutcome.RolledBack, null, null, behind, 101),
                _ => new PastQuery(null, PastPlace.Time(behind.Microseconds).AddHours(-1), PastPlace.Time(behind.Microseconds), null, 101),
            };
            var began = Stopwatch.GetTimestamp();
            var groups = await _registry.History.ListAsync(PastLoad.Service, query, Now, Stop);
            took.Add(Stopwatch.GetElapsedTime(began));
            Assert.Equal(Math.Min(101, groups.Count), groups.Count);
            Assert.All(groups, group => Assert.True(string.CompareOrdinal(group.Place.ToString(), behind.ToString()) < 0));
        }

        took.Sort();
        var (median, p99) = (took[Pages / 2], took[Pages * 99 / 100]);
        TestContext.Current.TestOutputHelper?.WriteLine($"median {median.TotalMilliseconds:0.00} ms, p99 {p99.TotalMilliseconds:0.00} ms");

        // Of a machine that has nothing else to do the slowest hundredth is as quick; what a busy one has at its tail says nothing of the list.
        Assert.InRange(median, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
    }

    /// <summary>Tells of groups, the oldest first, each with its branches.</summary>
    private async Task<List<PastPlace>> LoadAsync(int groups, int kept, bool withBranches)
    {
        var places = new List<PastPlace>(groups);
        var first = Now.AddMilliseconds(-100 * groups);
        foreach (var part in Enumerable.Range(0, groups).Chunk(512))
        {
            var told = part.Select(number => PastLoad.Group(number, first.AddMilliseconds(100 * number))).ToList();
            places.AddRange(told.Select(group => group.Place));
            await TellAsync([.. withBranches ? told.SelectMany(group => PastLoad.Branches(group).Append<PastEntry>(group)) : told], kept);
        }

        return places;
    }

    private Task TellAsync(IReadOnlyList<PastEntry> entries, int kept) => _registry.History.TellAsync(PastLoad.Service, entries, PastLoad.Service, kept, Stop).AsTask();

    private async Task<long> UsedMemoryAsync()
    {
        var lines = ((string)(await fixture.ExecuteAsync("INFO", "memory"))!).Split('\n');
        return long.Parse(lines.First(line => line.StartsWith("used_memory:", StringComparison.Ordinal))["used_memory:".Length..].Trim(), CultureInfo.InvariantCulture);
    }

    private async Task<long> NumberAsync(params string[] command) => long.Parse((string)(await fixture.ExecuteAsync(command))!, CultureInfo.InvariantCulture);
}
