using Fat.Core.Tests.World;
using Fat.Protocol;
using Fat.Registry;
using Fat.Registry.InMemory;

namespace Fat.Core.Tests.Registry;

/// <summary>The in-memory registry forgets as the server does, on a clock that tests move.</summary>
public sealed class InMemoryLifetimeTests : IAsyncDisposable
{
    private readonly MovedTime _time = new();
    private readonly GroupSample _group = new();
    private readonly ChildSample _child = new("1");
    private readonly InMemoryGroupRegistry _registry;

    public InMemoryLifetimeTests() => _registry = new InMemoryGroupRegistry(new InMemoryRegistryStore(_time));

    public ValueTask DisposeAsync() => _registry.DisposeAsync();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_time_that_a_group_has_left_runs_down()
    {
        await _registry.RegisterAsync(_group.RootRegistration(), Cancellation);

        _time.Move(TimeSpan.FromSeconds(40));

        Assert.Equal(GroupSample.Life - TimeSpan.FromSeconds(40), (await ReadAsync())!.Remaining);
    }

    [Fact]
    public async Task An_open_group_outlives_its_deadline()
    {
        await _registry.RegisterAsync(_group.RootRegistration(), Cancellation);

        await AssertLivesAsync(GroupSample.Life + RegistryLifetimes.OpenGrace);
    }

    [Fact]
    public async Task A_rolled_back_group_stays_for_late_branches()
    {
        await _registry.RegisterAsync(_group.RootRegistration(), Cancellation);
        await _registry.PublishAsync(_group.Gid, DecisionRecord.RolledBack, Cancellation);
        await _registry.VoteAsync(_group.Votes(_child.Scope, _child.Instance, _child.Prepared), Cancellation);

        await AssertLivesAsync(RegistryLifetimes.RolledBack);
    }

    [Fact]
    public async Task A_committed_group_goes_soon_after_its_last_branch_is_done()
    {
        await _registry.PublishAsync(_group.Gid, GroupSample.Commit(_child.Prepared), Cancellation);
        await _registry.DoneAsync(_group.Gid, [_child.Branch], Cancellation);

        await AssertLivesAsync(RegistryLifetimes.Done);
    }

    [Fact]
    public async Task A_committed_group_with_a_branch_that_is_not_done_stays_longer()
    {
        await _registry.PublishAsync(_group.Gid, GroupSample.Commit(_child.Prepared), Cancellation);

        await AssertLivesAsync(RegistryLifetimes.Committed);
    }

    [Fact]
    public async Task A_commit_that_was_decided_here_stays_for_branches_that_come_back_late()
    {
        await _registry.RegisterAsync(_group.RootRegistration(), Cancellation);
        await _registry.DecideAsync(_group.Gid, GroupSample.Commit(_child.Prepared), Cancellation);
        await _registry.PublishAsync(_group.Gid, GroupSample.Commit(_child.Prepared), Cancellation);

        await AssertLivesAsync(RegistryLifetimes.CommittedHere);
    }

    [Fact]
    public async Task A_commit_that_was_decided_here_goes_soon_after_its_last_branch_is_done()
    {
        await _registry.RegisterAsync(_group.RootRegistration(), Cancellation);
        await _registry.DecideAsync(_group.Gid, GroupSample.Commit(_child.Prepared), Cancellation);
        await _registry.DoneAsync(_group.Gid, [_child.Branch], Cancellation);

        await AssertLivesAsync(RegistryLifetimes.Done);
    }

    [Fact]
    public async Task Messages_and_requests_expire()
    {
        var service = _group.Root.Service;
        await _registry.PushAsync(_group.Root, [new InboxMessage.Ready(_group.Gid, [])], Cancellation);
        await _registry.RequestResolveAsync(service, [new ResolveRequest(_group.Gid, GroupSample.Database, _child.Instance, default)], Cancellation);

        _time.Move(RegistryLifetimes.Messages);

        Assert.Empty(await _registry.ReceiveAsync(_group.Root, TimeSpan.Zero, Cancellation));
        Assert.Empty(await _registry.TakeResolveRequestsAsync(service, 1, Cancellation));
    }

    [Fact]
    public async Task Heartbeats_age_and_are_forgotten()
    {
        await _registry.HeartbeatAsync(_group.Root, Cancellation);

        _time.Move(TimeSpan.FromSeconds(7));
        Assert.Equal([TimeSpan.FromSeconds(7)], await _registry.SinceHeartbeatAsync([_group.Root], Cancellation));
        _time.Move(RegistryLifetimes.Heartbeat);

        Assert.Equal([null], await _registry.SinceHeartbeatAsync([_group.Root], Cancellation));
    }

    [Fact]
    public async Task A_group_becomes_overdue_at_its_deadline_and_the_index_expires()
    {
        var service = _group.Root.Service;
        await _registry.IndexOpenAsync(service, [new OpenGroup(_group.Gid, GroupSample.Database, GroupSample.Life)], Cancellation);
        _time.Move(GroupSample.Life - TimeSpan.FromSeconds(1));
        Assert.Empty(await _registry.OverdueAsync(service, 10, Cancellation));

        _time.Move(TimeSpan.FromSeconds(3));
        Assert.Equal(TimeSpan.FromSeconds(-2), Assert.Single(await _registry.OverdueAsync(service, 10, Cancellation)).Remaining);
        _time.Move(RegistryLifetimes.OpenIndex);

        Assert.Empty(await _registry.OverdueAsync(service, 10, Cancellation));
    }

    private async Task<GroupSnapshot?> ReadAsync() => (await _registry.ReadAsync([_group.Gid], Cancellation))[_group.Gid];

    private async Task AssertLivesAsync(TimeSpan expected)
    {
        _time.Move(expected - TimeSpan.FromMilliseconds(1));
        Assert.NotNull(await ReadAsync());
        _time.Move(TimeSpan.FromMilliseconds(1));
        Assert.Null(await ReadAsync());
    }
}
