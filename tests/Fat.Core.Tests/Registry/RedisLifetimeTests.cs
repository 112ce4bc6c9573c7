using System.Globalization;
using Fat.Protocol;
using Fat.Registry;
using Fat.Registry.Redis;

namespace Fat.Core.Tests.Registry;

/// <summary>Nothing stays in the server for ever, and nothing goes while it may be needed.</summary>
public abstract class ServerLifetimeTests(RedisServerFixture fixture) : IAsyncLifetime
{
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(15);

    private readonly GroupSample _group = new();
    private readonly ChildSample _child = new("1");
    private RedisGroupRegistry _registry = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        var options = Options();
        options.KeyPrefix = "life";
        options.CommandTimeout = Slack;
        _registry = new RedisGroupRegistry(options, TimeProvider.System);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _registry.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected virtual FatRedisOptions Options() => new() { Host = fixture.Server.Host, Port = fixture.Server.Port };

    [Fact]
    public async Task Every_key_expires_whatever_made_it()
    {
        await fixture.ExecuteAsync("FLUSHALL");
        var service = GroupSample.NewService();
        GroupSample registered = new(), voted = new(), aborted = new(), sealedGroup = new(), published = new(), rolledBack = new(), decided = new(),
            committed = new(), done = new();
        await _registry.RegisterAsync(registered.RootRegistration(), Cancellation);
        await _registry.VoteAsync(voted.Votes(_child.Scope, _child.Instance, _child.Prepared), Cancellation);
        await _registry.AskAbortAsync(aborted.Gid, aborted.Root, new AbortReason("stock", "Reserve", "out of stock"), Cancellation);
        await _registry.SealAsync(sealedGroup.Seal([_child.Branch]), Cancellation);
        await _registry.PublishAsync(published.Gid, GroupSample.Commit(_child.Prepared), Cancellation);
        await _registry.PublishAsync(rolledBack.Gid, DecisionRecord.RolledBack, Cancellation);
        await _registry.VoteAsync(rolledBack.Votes(_child.Scope, _child.Instance, _child.Prepared), Cancellation);
        await _registry.DecideAsync(decided.Gid, DecisionRecord.RolledBack, Cancellation);
        await _registry.RegisterAsync(committed.RootRegistration(), Cancellation);
        await _registry.DecideAsync(committed.Gid, GroupSample.Commit(_child.Prepared), Cancellation);
        await _registry.PublishAsync(done.Gid, GroupSample.Commit(_child.Prepared), Cancellation);
        await _registry.DoneAsync(done.Gid, [_child.Branch], Cancellation);
        await _registry.RequestResolveAsync(service, [new ResolveRequest(done.Gid, GroupSample.Database, _child.Instance, Slack)], Cancellation);
        await _registry.IndexOpenAsync(service, [new OpenGroup(done.Gid, GroupSample.Database, -Slack)], Cancellation);
        await _registry.HeartbeatAsync(_child.Instance, Cancellation);

        var keys = ((IEnumerable<object?>)(await fixture.ExecuteAsync("KEYS", "*"))!).Cast<string>().ToList();

        string[] expected =
        [
            .. new[] { registered, voted, aborted, sealedGroup, published, rolledBack, decided, committed, done }.Select(group => $"life:{{{group.Gid}}}"),
            $"life:inbox:{aborted.Root}", $"life:inbox:{_child.Instance}", $"life:resolve:{service}",
            $"life:open:{{{service}}}", $"life:open:{{{service}}}:databases", "life:instances",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), keys.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        foreach (var key in keys)
            Assert.True(await TimeToLiveAsync(key) > TimeSpan.Zero, key);
    }

    [Fact]
    public async Task An_open_group_outlives_its_deadline()
    {
        await _registry.RegisterAsync(_group.RootRegistration(TimeSpan.FromHours(2)), Cancellation);
        await _registry.VoteAsync(_group.Votes(_child.Scope, _child.Instance, _child.Prepared), Cancellation);

        await AssertLivesAsync(TimeSpan.FromHours(2) + RegistryLifetimes.OpenGrace);
    }

    [Fact]
    public async Task An_open_group_past_its_deadline_lives_on_while_it_is_written()
    {
        await _registry.RegisterAsync(_group.RootRegistration(TimeSpan.FromDays(-1)), Cancellation);

        await AssertLivesAsync(RegistryLifetimes.OpenGrace);
    }

    [Fact]
    public async Task A_rolled_back_group_stays_for_late_branches_however_many_come()
    {
        await _registry.RegisterAsync(_group.RootRegistration(TimeSpan.FromHours(2)), Cancellation);
        await _registry.PublishAsync(_group.Gid, DecisionRecord.RolledBack, Cancellation);
        await _registry.VoteAsync(_group.Votes(_child.Scope, _child.Instance, _child.Prepared), Cancellation);
        await _registry.DoneAsync(_group.Gid, [_child.Branch], Cancellation);

        await AssertLivesAsync(RegistryLifetimes.RolledBack);
    }

    [Fact]
    public async Task A_committed_group_goes_soon_after_its_last_branch_is_done()
    {
        var other = new ChildSample("2");
        await _registry.RegisterAsync(_group.RootRegistration(TimeSpan.FromHours(2)), Cancellation);
        await _registry.PublishAsync(_group.Gid, GroupSample.Commit(_child.Prepared, other.Prepared), Cancellation);
        await _registry.DoneAsync(_group.Gid, [_child.Branch], Cancellation);
        await AssertLivesAsync(RegistryLifetimes.Committed);

        await _registry.DoneAsync(_group.Gid, [other.Branch], Cancellation);

        await AssertLivesAsync(RegistryLifetimes.Done);
        await fixture.ExecuteAsync("PEXPIRE", $"life:{{{_group.Gid}}}", "20000");
        await _registry.DoneAsync(_group.Gid, [_child.Branch, other.Branch], Cancellation);

        // A repetition does not keep it.
        await AssertLivesAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_group_whose_branches_were_done_first_goes_soon_after_it_is_published()
    {
        await _registry.VoteAsync(_group.Votes(_child.Scope, _child.Instance, _child.Prepared), Cancellation);
        await _registry.DoneAsync(_group.Gid, [_child.Branch], Cancellation);

        await _registry.PublishAsync(_group.Gid, GroupSample.Commit(_child.Prepared), Cancellation);

        await AssertLivesAsync(RegistryLifetimes.Done);
    }

    [Fact]
    public async Task A_commit_that_was_decided_here_stays_for_branches_that_come_back_late()
    {
        var other = new ChildSample("2");
        await _registry.RegisterAsync(_group.RootRegistration(), Cancellation);
        await _registry.DecideAsync(_group.Gid, GroupSample.Commit(_child.Prepared, other.Prepared), Cancellation);
        await AssertLivesAsync(RegistryLifetimes.CommittedHere);

        await _registry.PublishAsync(_group.Gid, GroupSample.Commit(_child.Prepared, other.Prepared), Cancellation);
        await _registry.DoneAsync(_group.Gid, [_child.Branch], Cancellation);
        await AssertLivesAsync(RegistryLifetimes.CommittedHere);
        await _registry.DoneAsync(_group.Gid, [other.Branch], Cancellation);

        await AssertLivesAsync(RegistryLifetimes.Done);
    }

    [Fact]
    public async Task The_index_outlives_the_latest_deadline_in_it()
    {
        var service = GroupSample.NewService();
        await _registry.IndexOpenAsync(service, [new OpenGroup(_group.Gid, GroupSample.Database, TimeSpan.FromHours(5))], Cancellation);
        await _registry.IndexOpenAsync(service, [new OpenGroup(new GroupSample().Gid, GroupSample.Database, TimeSpan.FromHours(1))], Cancellation);

        var expected = TimeSpan.FromHours(5) + RegistryLifetimes.OpenIndex;
        Assert.InRange(await TimeToLiveAsync($"life:open:{{{service}}}"), expected - Slack, expected);
        Assert.InRange(await TimeToLiveAsync($"life:open:{{{service}}}:databases"), expected - Slack, expected);
    }

    private async Task AssertLivesAsync(TimeSpan expected) =>
        Assert.InRange(await TimeToLiveAsync($"life:{{{_group.Gid}}}"), expected - Slack, expected);

    private async Task<TimeSpan> TimeToLiveAsync(string key) =>
        TimeSpan.FromMilliseconds(long.Parse((string)(await fixture.ExecuteAsync("PTTL", key))!, CultureInfo.InvariantCulture));
}

public sealed class RedisLifetimeTests(PlainRedisFixture fixture) : ServerLifetimeTests(fixture), IClassFixture<PlainRedisFixture>;

public sealed class GarnetLifetimeTests(GarnetFixture fixture) : ServerLifetimeTests(fixture), IClassFixture<GarnetFixture>;

public sealed class RedisClusterLifetimeTests(RedisClusterFixture fixture) : ServerLifetimeTests(fixture), IClassFixture<RedisClusterFixture>
{
    private readonly RedisClusterFixture _fixture = fixture;

    private protected override FatRedisOptions Options() => new() { ClusterNodes = { $"{_fixture.Server.Host}:{_fixture.Server.Port}" } };
}
