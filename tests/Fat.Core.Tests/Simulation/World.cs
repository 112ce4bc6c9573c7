using System.Globalization;

namespace Fat.Core.Tests.Simulation;

/// <summary>
/// One schedule: a virtual clock and the things that are going to happen, on one thread. What happens next is the earliest
/// thing; how long each takes comes from the dice. A process is whatever Fat runs in it; when it is killed its things never happen.
/// </summary>
internal sealed class World(ulong seed, TextWriter? log = null)
{
    private const ulong FnvPrime = 1099511628211;

    private readonly PriorityQueue<Happening, (long Time, long Number)> _queue = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private long _number;

    public Dice Dice { get; } = new(seed);

    public TimeSpan Now { get; private set; }

    /// <summary>How many things have happened.</summary>
    public int Steps { get; private set; }

    /// <summary>A digest of everything that happened: equal for equal schedules.</summary>
    public ulong Trace { get; private set; } = 14695981039346656037;

    public bool IsLogged => log is not null;

    /// <summary>Where code was that ran on another thread, or null.</summary>
    public string? Escaped { get; private set; }

    /// <summary>Called around each happening: faults strike at a step.</summary>
    public Action<SimProcess?, string>? Before { get; set; }

    public Action<SimProcess?>? After { get; set; }

    /// <summary>Code of the product that got away from the simulation would make it random.</summary>
    public void HoldsThread()
    {
        if (Environment.CurrentManagedThreadId == _thread)
            return;
        Escaped ??= Environment.StackTrace;
        throw new InvalidOperationException("Code of the product has escaped to another thread, so this schedule cannot be replayed.");
    }

    public void Post(SimProcess? owner, TimeSpan delay, string what, Action action) =>
        _queue.Enqueue(new Happening(owner, what, action), ((Now + delay).Ticks, _number++));

    /// <summary>Makes the next thing happen; false when nothing ever will.</summary>
    public bool Step()
    {
        HoldsThread();
        if (!_queue.TryDequeue(out var happening, out var at))
            return false;
        var owner = happening.Owner;
        if (owner is { IsAlive: false })
            return true;
        if (owner is not null && owner.PausedUntil.Ticks > at.Time)
        {
            _queue.Enqueue(happening, (owner.PausedUntil.Ticks, at.Number));
            return true;
        }

        Now = TimeSpan.FromTicks(at.Time);
        Steps++;
        Before?.Invoke(owner, happening.What);
        if (owner is null or { IsAlive: true })
        {
            Note(owner, happening.What);
            happening.Action();
        }

        After?.Invoke(owner);
        return true;
    }

    /// <summary>Adds to the digest, and to the log of a replay.</summary>
    public void Note(SimProcess? owner, string what)
    {
        var trace = (Trace ^ (ulong)Now.Ticks) * FnvPrime;
        trace = (trace ^ (ulong)(owner?.Number ?? 0)) * FnvPrime;
        foreach (var letter in what)
            trace = (trace ^ letter) * FnvPrime;
        Trace = trace;
        Log(owner, what);
    }

    /// <summary>Only for people.</summary>
    public void Log(SimProcess? owner, string what) =>
        log?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Now.TotalMilliseconds,10:0.000} {owner?.Name ?? "-",-4} {what}"));

    private readonly record struct Happening(SimProcess? Owner, string What, Action Action);
}
