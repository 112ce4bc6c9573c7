using Fat.Coordination;
using Fat.Incidents;
using Fat.Recovery;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fat.Hosting;

/// <summary>Looks after lost branches while the process runs. Started behind, and stopped before, what they need.</summary>
internal sealed class IncidentHostedService(Participant participant, Replayer replayer, IOptions<FatOptions> options, RootServices services) : IHostedService
{
    private static readonly TimeSpan NewsInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>A branch is told of this part of the limit later, at most.</summary>
    private const double AlertShare = 0.1;

    private readonly List<IAsyncDisposable> _running = [];
    private Webhook? _webhook;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var node = participant.Node;
        var settings = options.Value;
        _webhook = Webhook.Of(settings.Webhook, node.Time);
        var listeners = new Listeners(node, _webhook, services);
        var replays = settings.ReplayLostBranches ? new ReplayTurn(replayer, settings.ReplayAttempts) : null;
        var loop = new IncidentLoop(participant, new LostBranchSearch(participant), replays, settings.CreateBarrierTable, settings.IncidentsKept);
        var alert = new InDoubtAlert(participant, new InDoubtSearch(participant, services), listeners, settings.InDoubtAlert, services);
        Every("incidents", node.Timings.RecoveryInterval, loop.TurnAsync);
        Every("incident news", NewsInterval, new IncidentNews(node, listeners).TurnAsync);
        Every("in-doubt alert", settings.InDoubtAlert * AlertShare, alert.TurnAsync);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_running.Select(loop => loop.DisposeAsync().AsTask())).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host has no time left for a listener that does not return; what was not told is told by the next process.
        }

        _running.Clear();
        _webhook?.Dispose();
    }

    private void Every(string name, TimeSpan interval, Func<CancellationToken, Task> turn) =>
        _running.Add(PeriodicLoop.Start(name, interval, turn, participant.Node));
}
