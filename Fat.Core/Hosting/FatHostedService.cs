using Fat.Administration;
using Fat.Coordination;
using Fat.Diagnostics;
using Fat.Recovery;
using Fat.Registry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fat.Hosting;

/// <summary>Starts and stops what a process does besides its requests.</summary>
internal sealed class FatHostedService(Participant participant, StartUpCheck check, IOptions<FatOptions> options, RootServices services) : IHostedService
{
    private static readonly TimeSpan PresenceInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StatusInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DrainInterval = TimeSpan.FromMilliseconds(20);

    private readonly List<IAsyncDisposable> _running = [];
    private TimeSpan? _latency;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await check.RunAsync(cancellationToken).ConfigureAwait(false);
        var node = participant.Node;
        var search = new InDoubtSearch(participant, services);
        var resolver = new InDoubtResolver(participant, new AcknowledgementSearch(participant, search));
        var index = new OpenGroupIndex(participant, resolver);
        var cleaning = new DecisionCleaning(participant, options.Value.CreateBarrierTable);
        _running.Add(new DecisionInbox(participant));
        Every("poll", node.Timings.CommitPollInterval, new CommitPoll(participant).PollAsync);
        Every("presence", PresenceInterval, HeartbeatAsync);
        if (node.History is not null)
            Every("status", StatusInterval, new StatusReport(participant, () => _latency).TellAsync);
        Every("open groups", PresenceInterval, index.WriteAsync);
        Every("resolve", PresenceInterval, resolver.AnswerAsync);
        Every("recovery", node.Timings.RecoveryInterval, search.SearchAsync);
        Every("overdue", node.Timings.RecoveryInterval, index.ResolveOverdueAsync);
        Every("clean-up", node.Timings.RecoveryInterval, cleaning.CleanAsync);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        participant.Admission.Close();
        await DrainAsync(cancellationToken).ConfigureAwait(false);
        foreach (var loop in Enumerable.Reverse(_running))
            await loop.DisposeAsync().ConfigureAwait(false);
        _running.Clear();
        await participant.Publisher.DisposeAsync().ConfigureAwait(false);
        await participant.Acknowledgements.DisposeAsync().ConfigureAwait(false);
        await participant.History.DisposeAsync().ConfigureAwait(false);
        await participant.Node.Databases.DisposeAsync().ConfigureAwait(false);
        try
        {
            await participant.Node.Registry.LeaveAsync(participant.Node.Instance, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is RegistryUnavailableException || cancellationToken.IsCancellationRequested)
        {
            // Out of reach, or out of time. The heartbeat ends by itself; what is left to decide is recovery's in any case.
        }
    }

    private async Task HeartbeatAsync(CancellationToken cancellationToken)
    {
        var node = participant.Node;
        var sent = node.Time.GetTimestamp();
        await node.Registry.HeartbeatAsync(node.Instance, cancellationToken).ConfigureAwait(false);
        _latency = node.Time.GetElapsedTime(sent);
    }

    /// <summary>
    /// Lets running groups end, and held branches, which do not survive the process, hear their decision. Durable branches
    /// need not be waited for.
    /// </summary>
    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(options.Value.ShutdownTimeout, participant.Node.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            while (participant.Scopes.Count > 0 || participant.Joined.HasOpen || participant.Waiting.All.Any(branch => !branch.Voted.IsDurable))
                await Task.Delay(DrainInterval, participant.Node.Time, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Undecided groups end with the process; recovery rolls them back or finishes them.
            FatLog.NotDrained(participant.Node.Logger, participant.Scopes.Count, participant.Waiting.Count);
        }
    }

    private void Every(string name, TimeSpan interval, Func<CancellationToken, Task> turn) =>
        _running.Add(PeriodicLoop.Start(name, interval, turn, participant.Node, isVital: true));
}
