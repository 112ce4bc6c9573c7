using Fat.Coordination;
using Fat.Incidents;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fat.Hosting;

/// <summary>Looks after lost branches while the process runs. Started behind, and stopped before, what they need.</summary>
internal sealed class IncidentHostedService(Participant participant, Replayer replayer, IOptions<FatOptions> options, IServiceProvider services) : IHostedService
{
    private readonly List<IAsyncDisposable> _running = [];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var node = participant.Node;
        var settings = options.Value;
        var replays = settings.ReplayLostBranches ? new ReplayTurn(replayer, settings.ReplayAttempts) : null;
        var loop = new IncidentLoop(participant, new LostBranchSearch(participant), replays, settings.CreateBarrierTable, services);
        _running.Add(PeriodicLoop.Start("incidents", node.Timings.RecoveryInterval, loop.TurnAsync, node));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var loop in Enumerable.Reverse(_running))
            await loop.DisposeAsync().ConfigureAwait(false);
        _running.Clear();
    }
}
