using System.Collections.Concurrent;
using Fat.Faults;

namespace Fat.Shop;

/// <summary>The fault points of this process at which it is to stop. Thread-safe.</summary>
internal sealed class Stops : FaultPoints
{
    private readonly ConcurrentDictionary<(FaultPoint Point, Side Side), Stop> _stops = new();

    public void Add(FaultPoint point, Side side) => _stops[(point, side)] = new Stop(point, side);

    /// <summary>As a setting names it: <c>Resolve.Before</c>.</summary>
    public void Add(string place)
    {
        var dot = place.IndexOf('.', StringComparison.Ordinal);
        Add(Enum.Parse<FaultPoint>(place.AsSpan(0, dot)), Enum.Parse<Side>(place.AsSpan(dot + 1)));
    }

    public Stop At(FaultPoint point, Side side) => _stops[(point, side)];

    /// <summary>Who has stopped goes on, and nobody stops any more.</summary>
    public void Clear()
    {
        foreach (var place in _stops.Keys)
        {
            if (_stops.TryRemove(place, out var stop))
                stop.Tell(Deed.Pass);
        }
    }

    public override ValueTask BeforeAsync(FaultPoint point) => PassAsync(point, Side.Before);

    public override ValueTask AfterAsync(FaultPoint point) => PassAsync(point, Side.After);

    private ValueTask PassAsync(FaultPoint point, Side side) =>
        _stops.TryGetValue((point, side), out var stop) && stop.TryBegin() ? new ValueTask(stop.StayAsync()) : ValueTask.CompletedTask;
}
