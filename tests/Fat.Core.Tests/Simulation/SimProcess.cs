using Fat.Context;
using Fat.Coordination;
using Fat.Decisions;
using Fat.Dialects;
using Fat.Hosting;
using Fat.Protocol;
using Fat.Registry;
using Fat.Resources;
using Microsoft.Extensions.Options;

namespace Fat.Core.Tests.Simulation;

/// <summary>One process of a service with all of the product in it: scopes, branches, inbox, polling, recovery, clean-up.</summary>
internal sealed class SimProcess
{
    private readonly FatHostedService _service;

    /// <param name="world">The schedule.</param>
    /// <param name="faults">How bad its network is.</param>
    /// <param name="ids">Where its ids come from.</param>
    /// <param name="redis">The registry server.</param>
    /// <param name="database">The database of its service.</param>
    /// <param name="number">Its number among the processes.</param>
    /// <param name="broken">Rules that are taken out.</param>
    /// <param name="watched">Puts something between the process and its way to the registry.</param>
    public SimProcess(
        World world, Weather faults, SimIds ids, SimRedis redis, SimDatabase database, int number, BrokenRules broken, Func<IGroupRegistry, IGroupRegistry>? watched = null)
    {
        World = world;
        Faults = faults;
        Database = database;
        Number = number;
        Name = $"{database.Name}{number}";
        var time = new SimTime(world, this, TimeSpan.FromMinutes(7 * number));
        var services = new OnlyTime(time);
        var options = new FatOptions { GroupTimeout = TimeSpan.FromSeconds(8) };
        var background = new SimBackground(world, this);
        var service = FatName.Parse(database.Name, "service");
        var fat = new FatDatabase(
            service, _ => new SimConnection(this), contextType: null, FatEnlistment.Direct, held: false, "fat_barrier", "fat_audit", PostgresDialect.Instance, background);
        var databases = new Databases(
            [new BranchResource(fat, new PreparedTransactions(fat, services, connections: 1), requireDurable: false, services)],
            new Dictionary<FatName, IDecisionLog> { [service] = new DatabaseDecisionLog(fat, services, connections: 1) }, service, service);
        IGroupRegistry registry = new SimRegistry(world, redis, this);
        var node = new Node(
            ids.NewInstance(database.Name), service, FatAnswer.Prepared,
            new Timings(options.WaitResult, options.WaitCommit, options.CommitPollInterval, options.GroupTimeout, options.RecoveryInterval),
            time, watched?.Invoke(registry) ?? registry, databases, new RemoteDataSigner(null), new BranchWorkers(1000, 1000), new SimLogger(world, this))
        {
            Background = background,
            Ids = ids,
            Broken = broken,
        };
        Participant = Participant.Create(node);
        Runner = new ScopeRunner(Participant);
        var configured = Options.Create(options);
        var root = new RootServices(services);
        _service = new FatHostedService(Participant, new StartUpCheck(node, new FatRegistrations(), configured, root), configured, root);
    }

    public World World { get; }

    public Weather Faults { get; }

    public SimDatabase Database { get; }

    public int Number { get; }

    public string Name { get; }

    public Participant Participant { get; }

    public ScopeRunner Runner { get; }

    public bool IsAlive { get; private set; } = true;

    /// <summary>Stopped, not killed: it goes on later and does not know.</summary>
    public TimeSpan PausedUntil { get; set; }

    /// <summary>services is under way here.</summary>
    public bool IsIdle => Participant.Scopes.Count == 0 && Participant.Waiting.Count == 0 && !Participant.Joined.HasOpen;

    public Task StartAsync() => _service.StartAsync(CancellationToken.None);

    /// <summary>Its memory is gone at once; the database server notices a little later.</summary>
    public void Kill()
    {
        World.Note(this, "is killed");
        IsAlive = false;
        World.Post(null, Faults.Latency(), "sessions end", () => Database.CloseAll(this));
    }

    private sealed class OnlyTime(TimeProvider time) : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(TimeProvider) ? time : null;
    }
}
