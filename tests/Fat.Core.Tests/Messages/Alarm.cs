using System.Collections.Concurrent;

namespace Fat.Core.Tests.Messages;

/// <summary>Keeps what it is told.</summary>
public sealed class Alarm : IFatMessageAlertHandler
{
    public static readonly ConcurrentQueue<FatMessageAlert> Alerts = new();

    public Task HandleAsync(FatMessageAlert alert, CancellationToken cancellationToken)
    {
        Alerts.Enqueue(alert);
        return Task.CompletedTask;
    }
}
