using Fat.Testing.Faults;

namespace Fat.Testing;

/// <summary>A fault that was asked for: whether it has struck, and what holds at it. Thread-safe.</summary>
public sealed class FatTestFault
{
    private readonly FaultPlan _plan;
    private readonly Func<FatTestFault, Strike, Task> _deed;
    private readonly TaskCompletionSource _struck = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool _lasts;
    private int _left = 1;
    private int _strikes;

    internal FatTestFault(FaultPlan plan, string name, IReadOnlyList<Place> places, Func<FatTestFault, Strike, Task> deed, bool lasts)
    {
        _lasts = lasts;
        _plan = plan;
        Name = name;
        Places = places;
        _deed = deed;
    }

    /// <summary>What was asked for, such as <c>KillAfterVote("stock")</c>.</summary>
    public string Name { get; }

    /// <summary>How often it has struck.</summary>
    public int Strikes => Volatile.Read(ref _strikes);

    /// <summary>Whether it has struck.</summary>
    public bool HasStruck => Strikes > 0;

    internal IReadOnlyList<Place> Places { get; }

    internal Task Released => _released.Task;

    /// <summary>It strikes so many times in all, not once.</summary>
    /// <param name="times">How many; at least 1.</param>
    public FatTestFault Times(int times)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        Interlocked.Exchange(ref _left, times - Strikes);
        return this;
    }

    /// <summary>It strikes every time, until it is removed.</summary>
    public FatTestFault Always() => Times(int.MaxValue);

    /// <summary>It does not strike any more, and what it holds goes on.</summary>
    public void Remove()
    {
        Interlocked.Exchange(ref _left, 0);
        Release();
    }

    /// <summary>Lets go on what it holds, and what would be held later.</summary>
    public void Release() => _released.TrySetResult();

    /// <summary>Waits until it has struck: a service is dead then, code of the test has run, and what is held or slow is on its way.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FatTestException">It did not within <see cref="FatTestClusterOptions.Patience"/>; the message tells what has happened.</exception>
    public Task StruckAsync(CancellationToken cancellationToken = default) => _plan.StruckAsync(this, _struck.Task, cancellationToken);

    /// <inheritdoc />
    public override string ToString() => HasStruck ? $"{Name} has struck{(Strikes > 1 ? $" {Strikes} times" : null)}" : $"{Name} has not struck";

    /// <summary>One strike of those that are left.</summary>
    internal bool TryTake()
    {
        int left;
        do
        {
            left = Volatile.Read(ref _left);
            if (left <= 0)
                return false;
        }
        while (Interlocked.CompareExchange(ref _left, left - 1, left) != left);
        return true;
    }

    internal async Task StrikeAsync(Strike strike)
    {
        Interlocked.Increment(ref _strikes);
        try
        {
            var doing = _deed(this, strike);
            if (_lasts)
                _struck.TrySetResult();
            await doing.ConfigureAwait(false);
        }
        finally
        {
            _struck.TrySetResult();
        }
    }
}
