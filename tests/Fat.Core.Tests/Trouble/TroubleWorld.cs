using Fat.Core.Tests.World;
using Fat.TestServers;
using Fat.TestServers.Network;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Fat.Core.Tests.Trouble;

/// <summary>
/// A root and a child, each with a database of its own, with a Redis that can be broken and databases that may be. The tests of a class share
/// it, so that the same two processes live through all of them.
/// </summary>
public class TroubleWorld(Servers servers) : GroupWorld(servers)
{
    /// <summary>How late a busy machine may be.</summary>
    public static readonly TimeSpan Slack = TimeSpan.FromSeconds(2);

    private FaultyProxy _rootRoute = null!;
    private FaultyProxy _childRoute = null!;

    public Service Root { get; private set; } = null!;

    public Service Child { get; private set; } = null!;

    public BreakableRedis Redis { get; private set; } = null!;

    /// <summary>The way from the root to its database.</summary>
    public FaultyProxy RootRoute => _rootRoute;

    /// <summary>The way from the child to its database.</summary>
    public FaultyProxy ChildRoute => _childRoute;

    /// <summary>How often is looked for what is left; a decision row stays for six of these.</summary>
    public TimeSpan RecoveryInterval { get; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long after its decision a root takes a row that is not there for a roll back; later it may have come and gone.</summary>
    public TimeSpan AbsenceTrusted => RecoveryInterval * 3;

    /// <summary>What the root has logged: Fat all, others a warning or worse.</summary>
    public LogBook RootLog { get; } = new();

    /// <summary>What the child has logged, likewise.</summary>
    public LogBook ChildLog { get; } = new();

    protected virtual FatEnlistment Enlistment => FatEnlistment.Direct;

    protected virtual FatAnswer ChildAnswers => FatAnswer.Prepared;

    /// <summary>The server of the root's database.</summary>
    protected virtual PostgresServer RootServer => Servers.Postgres;

    /// <summary>The server of the child's database.</summary>
    protected virtual PostgresServer ChildServer => Servers.Postgres;

    public TimeSpan WaitResult { get; } = TimeSpan.FromSeconds(5);

    public TimeSpan WaitCommit { get; } = TimeSpan.FromSeconds(1);

    public TimeSpan GroupTimeout { get; } = TimeSpan.FromSeconds(8);

    /// <summary>The longest that a group may take: nothing but the decision runs when its time is over, and that is given WaitCommit, and again to be settled.</summary>
    public TimeSpan Longest => GroupTimeout + WaitCommit * 2 + Slack;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public override async ValueTask InitializeAsync()
    {
        Redis = await BreakableRedis.StartAsync();
        var (root, child) = (RootServer, ChildServer);
        _rootRoute = await FaultyProxy.StartAsync(root.Host, root.Port);
        _childRoute = await FaultyProxy.StartAsync(child.Host, child.Port);
        Root = await StartRootAsync();
        Child = await StartAsync("child", postgres: child, configure: fat => Keep(fat, ChildLog), database: Enlist);
    }

    /// <summary>As good as new, whatever a test that failed has left.</summary>
    public virtual async Task ReadyAsync()
    {
        await Redis.HealAsync();
        await RootRoute.HealAsync(Stop);
        await ChildRoute.HealAsync(Stop);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _childRoute.DisposeAsync();
        await _rootRoute.DisposeAsync();
        await Redis.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the root's process and starts it again behind something that happens, which may not take long either.</summary>
    public async Task RestartRootAsync(Func<Task> meanwhile)
    {
        await StopAsync(Root);
        await meanwhile();
        var began = TimeProvider.System.GetTimestamp();
        Root = await StartRootAsync();
        var took = TimeProvider.System.GetElapsedTime(began);
        // A look at each of its two databases, and one at the tables of messages.
        Assert.True(took < WaitCommit * 3 + Slack, $"the start took {took}");
    }

    private Task<Service> StartRootAsync() =>
        StartAsync(
            "root", postgres: RootServer, configure: fat => Keep(fat, RootLog), database: Enlist);

    /// <summary>What goes on failing is said for debugging only, but for now and then.</summary>
    private static void Keep(IFatBuilder fat, LogBook log) =>
        fat.Services.AddSingleton<ILoggerProvider>(log).AddLogging(logging => logging.AddFilter<LogBook>("Fat", LogLevel.Debug));

    private void Enlist(FatDatabaseOptions options) => options.Enlistment = Enlistment;

    /// <summary>A group that adds a row at the root and one at the child, with something that happens between the vote and the decision.</summary>
    /// <param name="id">The row.</param>
    /// <param name="afterVote">What happens.</param>
    /// <param name="root">What the root does instead of adding the row.</param>
    /// <param name="child">What the child does instead.</param>
    public async Task<FatScopeResult> GroupAsync(
        int id, Func<Task>? afterVote = null, Func<IItems, CancellationToken, Task>? root = null, Func<IItems, CancellationToken, Task>? child = null)
    {
        root ??= (items, token) => items.AddAsync(id, token);
        child ??= (items, token) => items.AddAsync(id, token);
        var began = TimeProvider.System.GetTimestamp();
        var result = await Root.RootAsync(async (items, token) =>
        {
            await root(items, token);
            await Child.CallAsync(child, new FatServiceRegisterAttribute { Answer = ChildAnswers });
            if (afterVote is not null)
                await afterVote();
        });
        var took = TimeProvider.System.GetElapsedTime(began);
        Assert.True(took < Longest, $"the group took {took}, its waits allow {Longest}");
        return result;
    }

    /// <summary>The group ended as it said, everywhere; nothing of it is left, and these processes run the next one.</summary>
    public async Task AgreesAsync(int id, FatScopeResult result)
    {
        if (result.Outcome == FatOutcome.Committed)
            await Child.SeesAsync(id, Stop);
        await NothingLeftAsync();
        var there = await Root.HasAsync(id);
        Assert.Equal(there, await Child.HasAsync(id));
        if (result.Outcome != FatOutcome.InDoubt)
            Assert.Equal(result.Outcome == FatOutcome.Committed, there);
    }

    /// <summary>The same of a group in which the root added nothing.</summary>
    public async Task ChildAgreesAsync(int id, FatScopeResult result)
    {
        if (result.Outcome == FatOutcome.Committed)
            await Child.SeesAsync(id, Stop);
        await NothingLeftAsync();
        if (result.Outcome == FatOutcome.RolledBack)
            Assert.False(await Child.HasAsync(id));
    }

    public async Task NextGroupWorksAsync()
    {
        var id = NextId();
        var next = await GroupAsync(id);
        Assert.True(next.Outcome == FatOutcome.Committed, $"the next group did not commit: {next.Error}");
        await Child.SeesAsync(id, Stop);
    }

    /// <summary>No branch is in doubt, and no decision waits for an acknowledgement.</summary>
    public async Task NothingLeftAsync()
    {
        await NothingPreparedAsync(Root);
        await NothingPreparedAsync(Child);
        await UntilAsync(async () => await Root.QueryAsync<long>("SELECT count(*) FROM fat_barrier WHERE reason = 'committed'") == 0);
    }

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        while (!await condition())
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, deadline.Token);
    }

    protected override string Route(string service, string connectionString)
    {
        var route = service == "root" ? _rootRoute : _childRoute;
        return new NpgsqlConnectionStringBuilder(connectionString) { Host = route.Host, Port = route.Port }.ConnectionString;
    }

    protected override void Configure(FatOptions options)
    {
        base.Configure(options);
        Redis.Configure(options.Redis);
        options.WaitResult = WaitResult;
        options.GroupTimeout = GroupTimeout;
        options.WaitCommit = WaitCommit;
        options.RecoveryInterval = RecoveryInterval;
        options.ShutdownTimeout = TimeSpan.FromSeconds(2);
    }
}
