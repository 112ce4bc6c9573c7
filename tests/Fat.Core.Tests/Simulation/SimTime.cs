namespace Fat.Core.Tests.Simulation;

/// <summary>The clock of one process: as fast as the others', and differing from them by an hour or so.</summary>
internal sealed class SimTime(World world, SimProcess? process, TimeSpan offset) : TimeProvider
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        world.HoldsThread();
        return (world.Now + offset).Ticks;
    }

    public override DateTimeOffset GetUtcNow() => Epoch + world.Now + offset;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(world, process, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(World world, SimProcess? process, TimerCallback callback, object? state) : ITimer
    {
        private int _version;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            world.HoldsThread();
            var version = ++_version;
            if (dueTime >= TimeSpan.Zero)
                world.Post(process, dueTime, "timer", () => Fire(version, period));
            return true;
        }

        public void Dispose() => _version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire(int version, TimeSpan period)
        {
            if (version != _version)
                return;
            if (period > TimeSpan.Zero)
                world.Post(process, period, "timer", () => Fire(version, period));
            callback(state);
        }
    }
}
