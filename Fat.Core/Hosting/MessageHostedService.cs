using Fat.Coordination;
using Fat.Diagnostics;
using Fat.Messages;
using Fat.Protocol;
using Fat.Registry;
using Fat.Resources;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fat.Hosting;

/// <summary>Works on messages while the process runs: makes their calls, handles deliveries, makes good what was lost. Started behind, and stopped before, what they need.</summary>
internal sealed class MessageHostedService(
    MessageCenter center, FatRegistrations registrations, Topics topics, Dispatch dispatch, BranchCaller caller, Alerts alerts, IOptions<FatOptions> options) : IHostedService
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SubscribeInterval = TimeSpan.FromSeconds(5);

    private readonly List<IAsyncDisposable> _running = [];
    private List<Subscriber> _subscribers = [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var node = center.Node;
        var patience = options.Value.ShutdownTimeout;
        _subscribers = Subscribers(node.Service);
        await SubscribeAsync(cancellationToken).ConfigureAwait(false);
        await EnsureTablesAsync(cancellationToken).ConfigureAwait(false);
        foreach (var subscriber in _subscribers)
            _running.Add(new QueueWorker(center, subscriber.Queue, subscriber.Settings(patience), subscriber.HandleAsync));
        if (_subscribers.Count > 0)
            Every("subscriptions", SubscribeInterval, SubscribeAsync);
        if (!center.Stores.Any)
            return;
        var calls = new CallDispatch(center, caller, dispatch, alerts);
        _running.Add(new QueueWorker(center, QueueName.Calls(node.Service), WorkerSettings.OfCalls(center.Options.Concurrency, patience), calls.RunAsync));
        Every("topics", node.Timings.RecoveryInterval, topics.RefreshAsync);
        Every("messages", SweepInterval, new MessageSweep(center, dispatch, new MessagePurge(center)).TurnAsync);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(Enumerable.Reverse(_running).Select(running => running.DisposeAsync().AsTask())).ConfigureAwait(false);
        _running.Clear();
    }

    /// <summary>Before the first request, when nobody is on the tables of a new database. What cannot be done now is by the sweep.</summary>
    private async Task EnsureTablesAsync(CancellationToken cancellationToken)
    {
        using var patience = new Cancellation(center.Node.Background, center.Node.Timings.WaitCommit, center.Node.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        foreach (var rows in center.Stores.Tables)
        {
            try
            {
                await rows.EnsureTableAsync(either.Token).WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                // Nothing is lost by it.
                FatLog.DatabaseNotSearched(center.Node.Logger, rows.Database.Name, exception);
            }
        }
    }

    /// <exception cref="FatConfigurationException">Two methods are one group of subscribers of a topic, or a name is not valid.</exception>
    private List<Subscriber> Subscribers(FatName service)
    {
        var subscribers = new List<Subscriber>();
        foreach (var topic in registrations.Subscribers.GroupBy(method => (method.Topic, Group: method.Group(service))))
        {
            if (topic.Skip(1).Any())
            {
                throw new FatConfigurationException(
                    $"{string.Join(" and ", topic.Select(method => method.Name))} both handle topic '{topic.Key.Topic}' for the group of subscribers '{topic.Key.Group}': give each a Group of its own.");
            }

            subscribers.Add(new Subscriber(center, topic.First(), topic.Key.Group, alerts));
        }

        return subscribers;
    }

    /// <summary>Again and again: Redis may have lost it.</summary>
    private async Task SubscribeAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var subscriber in _subscribers)
                await center.Records.SubscribeAsync(subscriber.Topic, subscriber.Group, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryUnavailableException exception)
        {
            // A group that has subscribed before misses nothing: producers remember it. A new one subscribes with the next turn, and is sent what is published from then on.
            FatLog.RegistryAway(center.Node.Logger, exception);
        }
    }

    private void Every(string name, TimeSpan interval, Func<CancellationToken, Task> turn) => _running.Add(PeriodicLoop.Start(name, interval, turn, center.Node));
}
