using Fat.Diagnostics;
using Fat.Protocol;
using Fat.Registry;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Messages;

/// <summary>Handles the deliveries of one group of subscribers with one method.</summary>
internal sealed class Subscriber(MessageCenter center, SubscriberMethod method, FatName group, Alerts alerts)
{
    private const int PrefetchPerWorker = 2;

    public FatName Topic => method.Topic;

    public FatName Group => group;

    public QueueName Queue { get; } = QueueName.Deliveries(method.Topic, group);

    public WorkerSettings Settings(TimeSpan patience) =>
        new(method.Mark.Concurrency, method.Mark.Prefetch < 0 ? method.Mark.Concurrency * PrefetchPerWorker : method.Mark.Prefetch, patience);

    public async Task<WorkResult> HandleAsync(TakenItem item, CancellationToken cancellationToken)
    {
        if (DeliveryBody.Read(item.Body) is not { } body || !MessageId.TryParse(body.Head.Gid, out var id) || !FatName.TryParse(body.Head.Service, out var service))
            return new WorkResult(new WorkEnd(item.Hold, WorkOutcome.SetAside) { Reason = "Its content cannot be read by this version." });
        var head = body.Head;
        var attempt = item.Failures + 1;
        if (item.Failures >= method.Mark.MaxAttempts)
            return Failed(item, id, service, head, item.Failures, "Its subscriber has died, or was stopped, in every attempt.", final: true);
        using var activity = FatActivity.StartDelivery(id, head.Branch, method.Topic, group, head.Trace);
        var began = center.Node.Time.GetTimestamp();
        object? message;
        try
        {
            message = method.Read(body.Content);
        }
        catch (Exception exception)
        {
            // No attempt will read it: an operator can, when the subscriber has been changed.
            Tried(began, "failed");
            FatActivity.Failed(activity, exception, center.Node.Redaction);
            return Failed(item, id, service, head, attempt, $"{method.Name} cannot read it: {exception.Message}", final: true);
        }

        var delivery = new FatDelivery(head.Gid, head.Branch, head.Service, method.Topic.Text, group.Text, item.Key, attempt);
        try
        {
            var scope = center.Services.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
                await method.CallAsync(scope.ServiceProvider, message, Barrier(head), delivery, cancellationToken).ConfigureAwait(false);
            Tried(began, "consumed");
            FatMeter.MessageEnded(center.Node.Service, "consumed");
            return new WorkResult(new WorkEnd(item.Hold, WorkOutcome.Done)) { Service = service, News = [new BranchNews(id, head.Branch, BranchState.Consumed, attempt, null) { Fence = item.Hold.Fence }] };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Done or not: handled again, here or elsewhere, and the barrier finds out.
            throw;
        }
        catch (Exception exception)
        {
            // Rolled back by whoever began a transaction; or done and not told, which the barrier finds out.
            Tried(began, "failed");
            FatActivity.Failed(activity, exception, center.Node.Redaction);
            return Failed(item, id, service, head, attempt, $"{exception.GetType().Name}: {exception.Message}", attempt >= method.Mark.MaxAttempts);
        }
    }

    private void Tried(long began, string outcome) =>
        FatMeter.MessageTried(center.Node.Time.GetElapsedTime(began), center.Node.Service, Queue, outcome);

    private FatBarrier Barrier(DeliveryHead head) => new("msg", head.Gid, head.Branch, "msg", center.Stores.Default?.Database.BarrierTable ?? "fat_barrier");

    private WorkResult Failed(TakenItem item, MessageId id, FatName service, DeliveryHead head, int attempts, string reason, bool final)
    {
        alerts.Failed(new FatMessageAlert(head.Gid, head.Branch, head.Service, $"{method.Topic}/{group}", attempts, final, reason));
        if (final)
            FatMeter.MessageEnded(center.Node.Service, "failed");
        else
            FatMeter.MessageRetried(center.Node.Service, Queue);
        var first = method.Mark.RetryMilliseconds < 0 ? center.Options.RetryInterval : TimeSpan.FromMilliseconds(method.Mark.RetryMilliseconds);
        var end = final
            ? new WorkEnd(item.Hold, WorkOutcome.SetAside) { Reason = reason }
            : new WorkEnd(item.Hold, WorkOutcome.Failed) { Delay = Backoff.Pause(first, center.Options.RetryLimit, attempts, MessageCenter.Chance()), Reason = reason };
        return new WorkResult(end) { Service = service, News = [new BranchNews(id, head.Branch, final ? BranchState.Failed : BranchState.Waiting, attempts, reason) { Fence = item.Hold.Fence }] };
    }
}
