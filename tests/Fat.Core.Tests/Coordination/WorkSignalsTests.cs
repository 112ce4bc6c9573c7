using Fat.Coordination;
using Fat.Core.Tests.Registry;
using Fat.Protocol;

namespace Fat.Core.Tests.Coordination;

/// <summary>Who listens for work in which queue.</summary>
public sealed class WorkSignalsTests
{
    private readonly WorkSignals _signals = new();
    private readonly QueueName _queue = QueueName.Calls(GroupSample.NewService());

    [Fact]
    public void Whoever_listens_is_signalled_until_he_does_not()
    {
        var (one, two) = (0, 0);
        var first = _signals.Listen(_queue, () => one++);
        using var second = _signals.Listen(_queue, () => two++);

        _signals.Signal(_queue);
        first.Dispose();
        first.Dispose();
        _signals.Signal(_queue);

        Assert.Equal((1, 2), (one, two));
    }

    [Fact]
    public void Queues_are_signalled_by_themselves()
    {
        var count = 0;
        using (_signals.Listen(_queue, () => count++))
            _signals.Signal(QueueName.Transactions(GroupSample.NewService()));
        _signals.Signal(_queue);

        Assert.Equal(0, count);
    }

    [Fact]
    public void A_listener_may_end_listening_when_it_is_signalled()
    {
        var count = 0;
        IDisposable? listening = null;
        listening = _signals.Listen(_queue, () =>
        {
            count++;
            listening!.Dispose();
        });

        _signals.Signal(_queue);
        _signals.Signal(_queue);

        Assert.Equal(1, count);
    }
}
