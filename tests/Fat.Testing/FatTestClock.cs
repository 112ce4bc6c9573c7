namespace Fat.Testing;

/// <summary>
/// The clock of a cluster. It runs at a tenth of the machine's pace, so that a machine that is slow, as those of CI are, causes no time-outs, and can be moved ahead, so that
/// time-outs come without waiting for them. Every service of the cluster gets it as its <see cref="TimeProvider"/>. Timers that are due fire when it is moved.
/// <see cref="HttpClient.Timeout"/> and what else reads the machine's clock do not follow. Thread-safe.
/// </summary>
public sealed class FatTestClock : TimeProvider
{
    private const int Pace = 10;
    private const double Day = 86_400_000;

    private readonly Lock _gate = new();
    private readonly HashSet<Timer> _timers = [];
    private readonly DateTimeOffset _start = System.GetUtcNow();
    private readonly long _began = System.GetTimestamp();
    private long _ahead;

    /// <summary>How far it was moved in all.</summary>
    public TimeSpan Ahead => TimeSpan.FromTicks(Interlocked.Read(ref _ahead));

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Moves it ahead. Returns when the timers that became due have been started; what they do goes on by itself.</summary>
    /// <param name="time">By how much; not negative.</param>
    public void Advance(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        Timer[] timers;
        lock (_gate)
        {
            Interlocked.Add(ref _ahead, time.Ticks);
            timers = [.. _timers];
        }

        foreach (var timer in timers)
            timer.Arm();
    }

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => _start + TimeSpan.FromTicks(GetTimestamp());

    /// <inheritdoc />
    public override long GetTimestamp() => (System.GetElapsedTime(_began).Ticks / Pace) + Interlocked.Read(ref _ahead);

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return new Timer(this, callback, state, dueTime, period);
    }

    /// <summary>One that counts by this clock: whenever it is moved, what is left is counted again.</summary>
    private sealed class Timer : ITimer
    {
        private readonly FatTestClock _clock;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private readonly Lock _gate = new();
        private readonly ITimer _real;
        private long? _due;
        private TimeSpan _period;

        public Timer(FatTestClock clock, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _clock = clock;
            _callback = callback;
            _state = state;
            _real = System.CreateTimer(static self => ((Timer)self!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Change(dueTime, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_clock._gate)
            {
                if (dueTime < TimeSpan.Zero)
                    _clock._timers.Remove(this);
                else
                    _clock._timers.Add(this);
            }

            lock (_gate)
            {
                _due = dueTime < TimeSpan.Zero ? null : _clock.GetTimestamp() + dueTime.Ticks;
                _period = period;
            }

            return Arm();
        }

        /// <summary>The machine's timer is set for what is left.</summary>
        public bool Arm()
        {
            lock (_gate)
            {
                // Rounded up: one that is early by less than a millisecond would be set again and again. One that is far away is looked at again each day.
                var left = _due is { } due
                    ? TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(Pace * TimeSpan.FromTicks(due - _clock.GetTimestamp()).TotalMilliseconds), 0, Day))
                    : Timeout.InfiniteTimeSpan;
                return _real.Change(left, Timeout.InfiniteTimeSpan);
            }
        }

        public void Dispose()
        {
            lock (_clock._gate)
                _clock._timers.Remove(this);
            lock (_gate)
                _due = null;
            _real.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire()
        {
            lock (_gate)
            {
                if (_due is not { } due)
                    return;
                if (due > _clock.GetTimestamp())
                {
                    // The machine's timer was early by a moment, or this one was set again meanwhile.
                    Arm();
                    return;
                }

                _due = _period > TimeSpan.Zero ? _clock.GetTimestamp() + _period.Ticks : null;
                if (_due is not null)
                    Arm();
            }

            _callback(_state);
        }
    }
}
