using Fat.Coordination;
using Fat.Core.Tests.Simulation;

namespace Fat.Core.Tests.ScaleOut;

/// <summary>
/// A thousand processes of the product, of twenty services, in virtual time on one thread: scopes, inboxes, polls, recovery and clean-up are
/// the product's own, the registry and the databases are the simulation's, and what is sent to them is counted.
/// </summary>
internal sealed class Fleet
{
    private readonly Simulation.World _world = new(seed: 1);
    private readonly Weather _calm;
    private readonly SimDatabase[] _databases;
    private readonly List<SimProcess> _processes = [];
    private readonly Business _business;
    private readonly List<Task<FatScopeResult>> _groups = [];
    private int _legs;

    /// <param name="instances">How many processes.</param>
    /// <param name="services">Of how many services.</param>
    /// <param name="startWithin">They all start within this time.</param>
    public Fleet(int instances, int services, TimeSpan startWithin)
    {
        _calm = new Weather(_world.Dice) { IsCalm = true };
        Commands = new CommandCount(() => _world.Now);
        Statements = new CommandCount(() => _world.Now);
        Redis = new SimRedis(_world);
        _databases = [.. Enumerable.Range(0, services).Select(Database)];
        _business = new Business(_world, InstanceOf);
        _world.Before = (owner, _) => SimConnection.Enter(owner);
        var ids = new SimIds(_world.Dice);
        for (var i = 0; i < instances; i++)
        {
            var process = new SimProcess(
                _world, _calm, ids, Redis, _databases[i % services], i + 1, BrokenRules.None, registry => new CountingRegistry(registry, Commands));
            _processes.Add(process);
            _world.Post(process, _world.Dice.Time(TimeSpan.Zero, startWithin), "start", () => _ = process.StartAsync());
        }
    }

    /// <summary>What was sent to Redis.</summary>
    public CommandCount Commands { get; }

    /// <summary>What was sent to the databases, each of them a key.</summary>
    public CommandCount Statements { get; }

    public SimRedis Redis { get; }

    public int Prepared => _databases.Sum(database => database.PreparedCount);

    public int Instances => _processes.Count(process => process.IsAlive);

    /// <summary>Time passes.</summary>
    public void Run(TimeSpan time)
    {
        for (var end = _world.Now + time; _world.Now < end;)
            _world.Step();
    }

    /// <summary>Time passes and is counted.</summary>
    public void Count(TimeSpan time)
    {
        Commands.Begin();
        Statements.Begin();
        Run(time);
    }

    /// <summary>Each of the first processes begins so many groups, each with a branch of its own and a call to each of two other services.</summary>
    public void Begin(int roots, int groups)
    {
        foreach (var process in _processes.Take(roots))
        {
            for (var i = 0; i < groups; i++)
            {
                var leg = Leg(process.Database);
                _world.Post(process, _world.Dice.Time(TimeSpan.Zero, TimeSpan.FromMilliseconds(20)), "client", () => _groups.Add(_business.BeginAsync(process, leg)));
            }
        }
    }

    /// <summary>The first processes are killed.</summary>
    public void Kill(int processes)
    {
        foreach (var process in _processes.Take(processes))
            process.Kill();
    }

    /// <summary>Time passes until nothing is prepared any more.</summary>
    public TimeSpan UntilNothingIsPrepared(TimeSpan limit)
    {
        var began = _world.Now;
        while (Prepared > 0 && _world.Now - began < limit)
            _world.Step();
        return _world.Now - began;
    }

    private SimDatabase Database(int number)
    {
        var name = $"s{number:00}";
        return new SimDatabase(_world, name) { Asked = () => Statements.Add("statement", name) };
    }

    private Leg Leg(SimDatabase database)
    {
        var own = Array.IndexOf(_databases, database);
        var root = new Leg { Number = _legs++, Service = own, Answer = FatAnswer.Prepared };
        root.Steps.Add(new Step(null, Branch: true, Writes: true));
        foreach (var other in new[] { 1, 2 })
        {
            var child = new Leg { Number = _legs++, Service = (own + other) % _databases.Length, Answer = FatAnswer.Prepared };
            child.Steps.Add(new Step(null, Branch: true, Writes: true));
            root.Steps.Add(new Step(child));
        }

        return root;
    }

    private SimProcess? InstanceOf(int service)
    {
        var alive = _processes.FindAll(process => process.IsAlive && process.Database == _databases[service]);
        return alive.Count == 0 ? null : _world.Dice.Of(alive);
    }
}
