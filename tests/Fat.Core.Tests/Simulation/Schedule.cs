using Fat.Coordination;

namespace Fat.Core.Tests.Simulation;

/// <summary>
/// One group of a root and up to three services, played to its end by the product's own code, with disasters and a network by the
/// seed. At some time all is healed; then everything has to end.
/// </summary>
internal sealed class Schedule
{
    /// <summary>A group's time, the registry's silence and a few rounds of recovery, and as much again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly string[] Names = ["a", "b", "c", "d"];

    private readonly World _world;
    private readonly BrokenRules _broken;
    private readonly Weather _weather;
    private readonly SimIds _ids;
    private readonly SimRedis _redis;
    private readonly SimDatabase[] _databases;
    private readonly List<SimProcess> _processes = [];
    private readonly Business _business;
    private readonly Leg _root;
    private readonly bool _shares;
    private Disasters? _disasters;
    private SimProcess? _rootProcess;
    private Task<FatScopeResult>? _result;
    private TimeSpan? _healed;
    private int _restarting;

    private Schedule(ulong seed, BrokenRules broken, TextWriter? log)
    {
        _world = new World(seed, log);
        _broken = broken;
        _shares = _world.Dice.OneIn(16);
        _weather = _shares ? Weather.OfCopies(_world.Dice) : new Weather(_world.Dice);
        _ids = new SimIds(_world.Dice);
        _redis = new SimRedis(_world);
        var services = _world.Dice.Between(2, Names.Length);
        _databases = [.. Names.Take(services).Select(name => new SimDatabase(_world, name))];
        _business = new Business(_world, InstanceOf);
        _root = _shares ? Leg.Shared(_world.Dice) : Leg.Random(_world.Dice, services);
    }

    public static Report Run(ulong seed, BrokenRules broken = BrokenRules.None, TextWriter? log = null) => new Schedule(seed, broken, log).Run(seed);

    private Report Run(ulong seed)
    {
        var dice = _world.Dice;
        foreach (var database in _databases)
        {
            for (var i = dice.OneIn(2) || _shares ? 2 : 1; i > 0; i--)
                Start(database);
        }

        _rootProcess = _processes[0];
        _world.Before = Before;
        _world.After = After;
        _world.Post(null, TimeSpan.FromMilliseconds(1), "begin", Begin);
        _world.Post(null, dice.Time(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(15)), "heal", Heal);
        var report = new Report(seed);
        while (!HasEnded())
        {
            for (var i = 0; i < 16; i++)
                _world.Step();
            if (_healed is { } healed && _world.Now > healed + Patience)
            {
                report.Violation = "It does not end: " + string.Join("; ", _processes.Where(process => process.IsAlive && !process.IsIdle).Select(process => $"{process.Name} is busy")
                    .Concat(_databases.Where(database => database.PreparedCount > 0).Select(database => $"{database.Name} has {database.PreparedCount} prepared")));
                break;
            }
        }

        report.Steps = _world.Steps;
        report.Trace = _world.Trace;
        report.Outcome = _result is { IsCompleted: true } ended ? ended.GetAwaiter().GetResult().Outcome : null;
        report.Recovery = _healed is { } from && _world.Now > from ? _world.Now - from : TimeSpan.Zero;
        if (_world.Escaped is { } escaped)
            throw new InvalidOperationException("Code of the product has escaped to another thread: " + escaped);
        var verdict = Verdict.On(_root, report.Outcome);
        report.IsUnsafe = verdict is not null;
        report.Violation ??= verdict;
        report.Committed = _root.All.Any(leg => leg.Executions.Any(execution => execution.Committed > 0));
        return report;
    }

    private SimProcess Start(SimDatabase database)
    {
        var process = new SimProcess(_world, _weather, _ids, _redis, database, _processes.Count + 1, _broken);
        _processes.Add(process);
        SimConnection.Enter(process);
        _ = process.StartAsync();
        return process;
    }

    private void Begin()
    {
        _disasters = new Disasters(_world.Dice, _world.Steps);
        if (_rootProcess!.IsAlive)
            _world.Post(_rootProcess, TimeSpan.Zero, "client", () => _result = _business.BeginAsync(_rootProcess, _root));
    }

    private void Heal()
    {
        _weather.IsCalm = true;
        // Who stands still now goes on at the time that was set for it.
        _healed = _processes.Where(process => process.IsAlive).Select(process => process.PausedUntil).Append(_world.Now).Max();
        _redis.ComeBack();
        foreach (var database in _databases)
            database.ComeBack();
    }

    private bool HasEnded() =>
        _restarting == 0
        && _business.UnderWay == 0
        && (_result is { IsCompleted: true } || !_rootProcess!.IsAlive)
        && Array.TrueForAll(_databases, database => database.PreparedCount == 0 && !database.HasGhosts)
        && _processes.TrueForAll(process => !process.IsAlive || process.IsIdle);

    private void Before(SimProcess? owner, string what)
    {
        SimConnection.Enter(owner);
        if (_healed is null && _disasters?.Before(_world.Steps) is { } disaster)
            Strike(disaster, owner);
    }

    private void After(SimProcess? owner)
    {
        if (_disasters?.After() is { } disaster)
            Strike(disaster, owner);
    }

    private void Strike(Disaster disaster, SimProcess? owner)
    {
        var dice = _world.Dice;
        var alive = _processes.FindAll(one => one.IsAlive);
        if (alive.Count == 0)
            return;
        var process = owner is { IsAlive: true } ? owner : dice.Of(alive);
        switch (disaster)
        {
            case Disaster.KillBefore or Disaster.KillAfter:
                Kill(process);
                break;
            case Disaster.Pause:
                _world.Note(process, "stands still");
                process.PausedUntil = _world.Now + dice.Time(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(14));
                break;
            case Disaster.LoseRegistry:
                _redis.Lose();
                break;
            case Disaster.FailOver:
                _redis.FailOver(dice.Between(1, 12));
                break;
            case Disaster.RegistryAway:
                _redis.GoAway();
                _world.Post(null, While(dice), "redis", _redis.ComeBack);
                break;
            case Disaster.DatabaseAway:
                var database = dice.Of(_databases);
                database.GoAway();
                _world.Post(null, While(dice), "database", database.ComeBack);
                break;
        }
    }

    private void Kill(SimProcess process)
    {
        process.Kill();
        _restarting++;
        _world.Post(null, _world.Dice.Time(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(3)), "restart", () =>
        {
            _restarting--;
            Start(process.Database);
        });
    }

    private SimProcess? InstanceOf(int service)
    {
        var alive = _processes.FindAll(process => process.IsAlive && process.Database == _databases[service]);
        return alive.Count == 0 ? null : _world.Dice.Of(alive);
    }

    private static TimeSpan While(Dice dice) =>
        dice.OneIn(2) ? dice.Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(200)) : dice.Time(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(8));
}
