using Fat.Coordination;
using Fat.Diagnostics;
using Microsoft.Extensions.Hosting;

namespace Fat.Hosting;

/// <summary>While the host runs, metrics show what is open and what waits in it.</summary>
internal sealed class MetricsHostedService(Participant participant) : IHostedLifecycleService, IDisposable
{
    private IDisposable? _observed;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _observed = Observed.Show(participant);
        return Task.CompletedTask;
    }

    /// <summary>Who collects metrics listens by now, wherever he was registered.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        FatMeter.ShowNone(participant.Node.Service);
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _observed?.Dispose();
}
