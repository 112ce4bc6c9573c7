using System.Collections.Concurrent;
using Fat.Faults;

namespace Fat.Shop;

/// <summary>The fault points of this process, armed from outside. Thread-safe.</summary>
internal sealed class Striker : FaultPoints
{
    private readonly ConcurrentDictionary<(FaultPoint Point, Side Side), ArmedStrike> _armed = new();

    public void Arm(Strike strike) => _armed[(strike.Point, strike.Side)] = new ArmedStrike(strike);

    public ArmedStrike Armed(FaultPoint point, Side side) => _armed[(point, side)];

    /// <summary>Forgets all strikes; what is held goes on.</summary>
    public void Disarm()
    {
        foreach (var place in _armed.Keys)
        {
            if (_armed.TryRemove(place, out var armed))
                armed.Release(Deed.Pass);
        }
    }

    public override ValueTask BeforeAsync(FaultPoint point) => AtAsync(point, Side.Before);

    public override ValueTask AfterAsync(FaultPoint point) => AtAsync(point, Side.After);

    private ValueTask AtAsync(FaultPoint point, Side side) =>
        _armed.TryGetValue((point, side), out var armed) && armed.TryBegin() ? new ValueTask(armed.StrikeAsync()) : ValueTask.CompletedTask;
}
