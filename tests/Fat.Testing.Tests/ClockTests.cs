namespace Fat.Testing.Tests;

public sealed class ClockTests
{
    private readonly FatTestClock _clock = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void It_is_ahead_by_what_it_was_moved()
    {
        var (time, stamp) = (_clock.GetUtcNow(), _clock.GetTimestamp());
        _clock.Advance(TimeSpan.FromHours(2));

        Assert.True(_clock.GetUtcNow() - time >= TimeSpan.FromHours(2));
        Assert.InRange(_clock.GetElapsedTime(stamp), TimeSpan.FromHours(2), TimeSpan.FromHours(2.1));
        Assert.Equal(TimeSpan.FromHours(2), _clock.Ahead);
    }

    [Fact]
    public async Task What_is_due_comes_when_it_is_moved_and_not_before()
    {
        var waiting = Task.Delay(TimeSpan.FromHours(1), _clock, Stop);
        _clock.Advance(TimeSpan.FromMinutes(59));
        Assert.False(waiting.IsCompleted);
        _clock.Advance(TimeSpan.FromMinutes(2));

        await waiting.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Stop);
    }

    [Fact]
    public async Task It_runs_by_itself_as_well() => await Task.Delay(TimeSpan.FromMilliseconds(5), _clock, Stop).WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Stop);

    [Fact]
    public async Task What_repeats_comes_once_for_each_move()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), _clock);
        for (var turn = 0; turn < 3; turn++)
        {
            var next = timer.WaitForNextTickAsync(Stop).AsTask();
            Assert.False(next.IsCompleted);
            _clock.Advance(TimeSpan.FromHours(1));
            Assert.True(await next.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Stop));
        }
    }
}
