using Fat.Coordination;
using Fat.Dtm;
using Fat.Messages;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fat.Hosting;

/// <summary>Drives the transactions of DTM's clients while the process runs.</summary>
internal sealed class DtmHostedService(MessageCenter center, DtmWork work, DtmDriver driver, DtmSweep sweep, IOptions<FatOptions> options) : IHostedService
{
    private readonly List<IAsyncDisposable> _running = [];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running.Add(new QueueWorker(center, work.Queue, WorkerSettings.OfCalls(center.Options.Concurrency, options.Value.ShutdownTimeout), driver.RunAsync));
        _running.Add(PeriodicLoop.Start("transactions", center.Node.Timings.RecoveryInterval, sweep.TurnAsync, center.Node));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_running.Select(running => running.DisposeAsync().AsTask())).ConfigureAwait(false);
        _running.Clear();
    }
}
