using Fat.Testing.Data;
using Fat.Testing.Hosting;

namespace Fat.Testing.Faults;

/// <summary>The faults of a cluster that are to come. Thread-safe.</summary>
internal sealed class FaultPlan(FatTestCluster cluster)
{
    private readonly Lock _gate = new();
    private readonly List<FatTestFault> _faults = [];
    private int _holding;

    /// <summary>Whether something waits at a fault until it is let go on.</summary>
    public bool IsHolding => Volatile.Read(ref _holding) > 0;

    public IReadOnlyList<FatTestFault> All
    {
        get
        {
            lock (_gate)
                return [.. _faults];
        }
    }

    public FatTestFault Add(FatTestFault fault)
    {
        lock (_gate)
            _faults.Add(fault);
        return fault;
    }

    /// <summary>A process comes to a place. One that is killed there goes no further.</summary>
    public async ValueTask PassAsync(Place place, Incarnation process, IReadOnlyList<string> groups)
    {
        while (Take(place) is { } fault)
        {
            cluster.Book.Struck(fault, process, groups);
            await fault.StrikeAsync(new Strike(place, process, groups)).ConfigureAwait(false);
            await process.PassAsync().ConfigureAwait(false);
        }
    }

    /// <summary>A call comes to a place on its way to a process or back. It goes on though that was killed.</summary>
    public async ValueTask StrikeCallAsync(Place place, Incarnation process, IReadOnlyList<string> groups)
    {
        while (Take(place) is { } fault)
        {
            cluster.Book.Struck(fault, process, groups);
            await fault.StrikeAsync(new Strike(place, process, groups)).ConfigureAwait(false);
        }
    }

    public ValueTask BeginsAsync(Incarnation process, BranchKey branch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask(PassAsync(new Place(process.Service.Name, FatTestPoint.Begin, Side.Before), process, [branch.Gid.ToString()]).AsTask().WaitAsync(cancellationToken));
    }

    public async Task HoldAsync(FatTestFault fault)
    {
        Interlocked.Increment(ref _holding);
        try
        {
            await fault.Released.ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _holding);
        }
    }

    public Task StruckAsync(FatTestFault fault, Task struck, CancellationToken cancellationToken) =>
        cluster.Patience.AwaitAsync(struck, () => $"{fault.Name} was expected to strike", cancellationToken);

    public void ReleaseAll()
    {
        foreach (var fault in All)
            fault.Remove();
    }

    private FatTestFault? Take(Place place)
    {
        lock (_gate)
            return _faults.Find(fault => fault.Places.Contains(place) && fault.TryTake());
    }
}
