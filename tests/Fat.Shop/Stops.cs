using System.Collections.Concurrent;
using System.Globalization;
using Fat.Faults;
using Fat.Protocol;

namespace Fat.Shop;

/// <summary>The fault points of this process at which it is to stop. Thread-safe.</summary>
internal sealed class Stops : FaultPoints
{
    private readonly ConcurrentDictionary<(FaultPoint Point, Side Side), Stop> _stops = new();

    /// <param name="point">The fault point.</param>
    /// <param name="side">Before it or after it.</param>
    /// <param name="since">Groups that began earlier pass: a process may still be at work for them. In milliseconds of Unix time.</param>
    public void Add(FaultPoint point, Side side, long since) => _stops[(point, side)] = new Stop(point, side, since);

    /// <summary>As a setting names it: <c>Resolve.Before.1795271000000</c>.</summary>
    public void Add(string place)
    {
        var parts = place.Split('.');
        Add(Enum.Parse<FaultPoint>(parts[0]), Enum.Parse<Side>(parts[1]), long.Parse(parts[2], CultureInfo.InvariantCulture));
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

    public override ValueTask BeforeAsync(FaultPoint point, params ReadOnlySpan<GroupId> groups) => PassAsync(point, Side.Before, groups);

    public override ValueTask AfterAsync(FaultPoint point, params ReadOnlySpan<GroupId> groups) => PassAsync(point, Side.After, groups);

    private ValueTask PassAsync(FaultPoint point, Side side, ReadOnlySpan<GroupId> groups) =>
        _stops.TryGetValue((point, side), out var stop) && stop.TryBegin(groups) ? new ValueTask(stop.StayAsync()) : ValueTask.CompletedTask;
}
