using Fat.Coordination;
using Fat.Diagnostics;
using Microsoft.Extensions.Hosting;

namespace Fat.Hosting;

/// <summary>While the host runs, metrics show what is open and what waits in it.</summary>
internal sealed class MetricsHostedService(Participant participant) : IHostedService, IDisposable
{
    private IDisposable? _observed;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _observed = Observed.Show(participant);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _observed?.Dispose();
}
