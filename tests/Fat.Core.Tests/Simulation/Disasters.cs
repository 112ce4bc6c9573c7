namespace Fat.Core.Tests.Simulation;

/// <summary>What strikes one process or server at one step.</summary>
internal enum Disaster
{
    /// <summary>The process whose turn it is dies before it has it: what it was to hear or do is lost.</summary>
    KillBefore,

    /// <summary>It dies right after.</summary>
    KillAfter,

    /// <summary>It stands still, perhaps beyond its group's deadline, and goes on without knowing.</summary>
    Pause,

    /// <summary>The registry loses everything.</summary>
    LoseRegistry,

    /// <summary>A replica that is behind becomes the registry.</summary>
    FailOver,

    /// <summary>The registry cannot be reached for a while.</summary>
    RegistryAway,

    /// <summary>A database server stops at once and comes back.</summary>
    DatabaseAway,
}

/// <summary>The disasters of one schedule, by the step at which each strikes.</summary>
internal sealed class Disasters
{
    private const int LastStep = 400;

    private readonly Queue<(int Step, Disaster Disaster)> _coming;
    private Disaster? _after;

    public Disasters(Dice dice, int firstStep)
    {
        // Most of what can go wrong needs one or two disasters at the right step, not many.
        var count = dice.Below(5) switch { 0 => 0, 1 or 2 => 1, 3 => 2, _ => dice.Between(3, 6) };
        var kinds = Enum.GetValues<Disaster>();
        _coming = new(Enumerable.Range(0, count).Select(_ => (firstStep + dice.Below(LastStep), dice.Of(kinds))).OrderBy(one => one.Item1));
    }

    /// <summary>What strikes now, before the step.</summary>
    public Disaster? Before(int step)
    {
        if (!_coming.TryPeek(out var next) || next.Step > step)
            return null;
        _coming.Dequeue();
        if (next.Disaster != Disaster.KillAfter)
            return next.Disaster;
        _after = next.Disaster;
        return null;
    }

    /// <summary>What strikes now, after the step.</summary>
    public Disaster? After()
    {
        var after = _after;
        _after = null;
        return after;
    }
}
