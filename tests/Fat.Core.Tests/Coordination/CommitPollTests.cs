using System.Diagnostics;
using Fat.Context;
using Fat.Coordination;
using Fat.Core.Tests.Administration;
using Fat.Core.Tests.Protocol;
using Fat.Core.Tests.Registry;
using Fat.Core.Tests.ScaleOut;
using Fat.Core.Tests.Trouble;
using Fat.Core.Tests.World;
using Fat.Faults;
using Fat.Protocol;
using Fat.Registry;
using Fat.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Coordination;

/// <summary>What takes long is looked after the less often the longer it takes, on a clock that tests move from one poll to the next.</summary>
public sealed class CommitPollTests : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(5);

    private readonly MovedTime _time = new();
    private readonly LogLines _log = new();
    private readonly ServiceProvider _services;
    private readonly Participant _participant;
    private readonly CommandCount _reads;
    private readonly CommitPoll _poll;

    public CommitPollTests()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddFat(options =>
        {
            options.ServiceName = "polling";
            options.CommitPollInterval = Interval;
            options.RecoveryInterval = Recovery;
        }).UseInMemoryRegistry();
        _services = services.BuildServiceProvider();
        _reads = new CommandCount(() => _time.GetElapsedTime(0));
        var node = _services.GetRequiredService<Node>();
        _participant = Participant.Create(node with { Time = _time, Logger = _log, Registry = new CountingRegistry(node.Registry, _reads) });
        _poll = new CommitPoll(_participant);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IEnumerable<string> Warnings => _log.Lines.Where(line => line.StartsWith("Warning 301", StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await _participant.Publisher.DisposeAsync();
        await _participant.Acknowledgements.DisposeAsync();
        await _participant.History.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task A_database_that_does_not_obey_is_asked_less_and_less_often()
    {
        var database = new Database { IsAway = true };
        var branches = Enumerable.Range(0, 20).Select(_ => Wait(database)).ToList();
        foreach (var branch in branches)
            _participant.Waiting.Decide(branch.Gid, Committing(branch));
        Assert.Equal(branches.Count, database.Attempts);
        Assert.Equal(branches.Count, Warnings.Count());

        // The pauses double until there are five seconds between two, so there are some five attempts on the way and twelve a minute.
        await PollForAsync(TimeSpan.FromMinutes(1));

        Assert.InRange(database.Attempts / branches.Count, 1 + 11, 1 + 5 + 12);
        Assert.All(branches, branch => Assert.False(branch.IsOver));
        Assert.InRange(Warnings.Count(), branches.Count + 11, branches.Count + 12);
        Assert.Contains(_log.Lines, line => line.StartsWith("Debug 301", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_database_that_was_away_for_a_moment_is_obeyed_again_soon()
    {
        var database = new Database { IsAway = true };
        var branch = Wait(database);
        _participant.Waiting.Decide(branch.Gid, Committing(branch));
        await PollForAsync(TimeSpan.FromSeconds(1));
        Assert.False(branch.IsOver);

        // No longer than it was away, and a poll.
        database.IsAway = false;
        await PollForAsync(TimeSpan.FromSeconds(1) + Interval);

        Assert.True(branch.IsOver);
    }

    [Fact]
    public async Task A_decision_that_comes_anew_does_not_wait()
    {
        var database = new Database { IsAway = true };
        var branch = Wait(database);
        _participant.Waiting.Decide(branch.Gid, Committing(branch));
        await PollForAsync(TimeSpan.FromMinutes(1));
        database.IsAway = false;

        _participant.Decided(branch.Gid, Committing(branch));

        Assert.True(branch.IsOver);
    }

    /// <summary>By the fate of the group alone, or by its record where a vote may be lost.</summary>
    [Theory]
    [InlineData(true, "look")]
    [InlineData(false, "look")]
    [InlineData(true, "read")]
    public async Task A_decision_that_nobody_was_told_of_is_found(bool commits, string by)
    {
        var database = new Database();
        var branch = Wait(database);
        if (by == "read")
            branch.Vote = new ScopeVotes(branch.Gid, Sample.Scope("1-0a0b0c0d"), branch.Root, branch.Root, [new BranchVote(branch.Id, branch.Root, Vote.Prepared)], Closed: false, []);
        _reads.Begin();
        await PollForAsync(TimeSpan.FromSeconds(30));
        Assert.False(branch.IsOver);
        Assert.Equal([by], _reads.Kinds.Where(kind => kind.Kind is "look" or "read" && kind.Rate > 0).Select(kind => kind.Kind));

        await _services.GetRequiredService<Node>().Registry.DecideAsync(branch.Gid, commits ? Committing(branch) : DecisionRecord.RolledBack, Stop);
        await PollForAsync(Recovery + Interval);

        Assert.True(branch.IsOver);
        Assert.Equal(1, database.Attempts);
    }

    [Fact]
    public async Task A_child_scope_is_looked_up_less_and_less_often()
    {
        var children = new List<ChildScope>();
        for (var i = 0; i < 20; i++)
            children.Add(await EnterAsync());
        _reads.Begin();

        await PollForAsync(TimeSpan.FromMinutes(1));

        Assert.InRange(_reads.All / children.Count, 11, 5 + 12);
        children.ForEach(child => child.Ended());
        Assert.Equal(0, _participant.Scopes.Count);
    }

    [Fact]
    public async Task Scopes_that_cannot_be_registered_are_told_of_once_a_minute()
    {
        var away = Participant.Create(_participant.Node with { Registry = new FaultPointRegistry(_participant.Node.Registry, new Away()) });
        await EnterAsync(20);
        Assert.Single(_log.Lines, line => line.StartsWith("Warning 401", StringComparison.Ordinal));

        _time.Move(TimeSpan.FromMinutes(1));
        await EnterAsync(2);

        Assert.Equal(2, _log.Lines.Count(line => line.StartsWith("Warning 401", StringComparison.Ordinal)));
        Assert.Equal(20, _log.Lines.Count(line => line.StartsWith("Debug 401", StringComparison.Ordinal)));
        await away.Publisher.DisposeAsync();
        await away.Acknowledgements.DisposeAsync();

        async Task EnterAsync(int scopes)
        {
            var before = _log.Lines.Count();
            for (var i = 0; i < scopes; i++)
                Enter(away).Ended();
            await TroubleWorld.UntilAsync(() => Task.FromResult(_log.Lines.Count() == before + scopes));
        }
    }

    /// <summary>Enters a scope, and waits until it is registered, behind the scenes.</summary>
    private async Task<ChildScope> EnterAsync()
    {
        var child = Enter(_participant);
        var registry = _services.GetRequiredService<Node>().Registry;
        await TroubleWorld.UntilAsync(async () => (await registry.ReadAsync([child.Group], Stop))[child.Group] is not null);
        return child;
    }

    private static ChildScope Enter(Participant participant)
    {
        var group = new GroupSample();
        var context = new RemoteContext(group.Gid, Sample.Call("1"), group.Root, GroupSample.Database, TimeSpan.FromHours(1));
        var child = new ChildScope(participant, context, new FatScopeRequest("Take", new FatServiceRegisterAttribute()), CancellationToken.None);
        participant.Scopes.Add(child);
        return child;
    }

    private async Task PollForAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += Interval)
        {
            _time.Move(Interval);
            await _poll.PollAsync(Stop);
        }
    }

    private WaitingBranch Wait(Database database)
    {
        var group = new GroupSample();
        var branch = new WaitingBranch(
            group.Gid, Sample.Branch("1-0a0b0c0d-1"), database, group.Root, GroupSample.Database, "Take", Recovery, _time.GetTimestamp(), default(ActivityContext));
        _participant.Waiting.Add(branch);
        return branch;
    }

    private static DecisionRecord Committing(WaitingBranch branch) => GroupSample.Commit(new BranchVote(branch.Id, branch.Root, Vote.Prepared));

    /// <summary>No scope is registered.</summary>
    private sealed class Away : FaultPoints
    {
        public override ValueTask BeforeAsync(FaultPoint point, params ReadOnlySpan<GroupId> groups) =>
            throw new RegistryUnavailableException("register a scope", new IOException("Redis is away."));
    }

    /// <summary>The branches of a database that may be away; they are found again.</summary>
    private sealed class Database : IVotedBranch
    {
        public bool IsAway { get; set; }

        public int Attempts { get; private set; }

        FatName IVotedBranch.Database => GroupSample.Database;

        public bool IsDurable => true;

        public bool IsFoundAgain => true;

        public bool HasObeyed => !IsAway;

        public Task FinishAsync(Decision decision)
        {
            Attempts++;
            return IsAway ? Task.FromException(new IOException("The database is away.")) : Task.CompletedTask;
        }
    }
}
