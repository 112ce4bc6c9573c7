using Fat.Resources;

namespace Fat.Core.Tests.Resources;

/// <summary>A driver whose reaction to a cancellation fails takes nothing else with it.</summary>
public sealed class CancellationTests
{
    [Fact]
    public async Task A_reaction_that_fails_does_not_fail_who_cancels()
    {
        using var cancellation = new Cancellation(Background.ThreadPool);
        await using var fails = cancellation.Token.Register(static () => throw new ObjectDisposedException("connection"));

        await cancellation.RequestAsync();

        Assert.True(cancellation.Token.IsCancellationRequested);
    }

    [Fact]
    public void A_reaction_that_fails_does_not_fail_the_thread_of_a_timer()
    {
        var time = new OneTimer();
        using var cancellation = new Cancellation(new Inline(), TimeSpan.FromSeconds(1), time);
        using var fails = cancellation.Token.Register(static () => throw new ObjectDisposedException("connection"));

        Assert.Equal(TimeSpan.FromSeconds(1), time.DueTime);
        time.Fire();

        Assert.True(cancellation.Token.IsCancellationRequested);
    }

    [Fact]
    public void Disposed_it_does_not_come_any_more()
    {
        var time = new OneTimer();
        var cancellation = new Cancellation(new Inline(), TimeSpan.FromSeconds(1), time);
        cancellation.Dispose();

        Assert.True(time.IsDisposed);

        // A timer may fire in the moment in which it is disposed.
        time.Fire();
    }

    /// <summary>What is registered with a token runs in the call that cancels it, so that its failure would be seen.</summary>
    private sealed class Inline : Background
    {
        public override Task CancelAsync(CancellationTokenSource source)
        {
            source.Cancel();
            return Task.CompletedTask;
        }
    }

    private sealed class OneTimer : TimeProvider, ITimer
    {
        private Action _fire = static () => { };

        public TimeSpan DueTime { get; private set; }

        public bool IsDisposed { get; private set; }

        public void Fire() => _fire();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            DueTime = dueTime;
            _fire = () => callback(state);
            return this;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

        public void Dispose() => IsDisposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
