using System.Diagnostics.Metrics;
using Fat.Protocol;

namespace Fat.Diagnostics;

/// <summary>
/// Instruments of the Meter <c>Fat</c> (docs/telemetry.md has the table of them, which a test compares); durations are in seconds. What they are given they allocate nothing for while nobody listens.
/// </summary>
internal static class FatMeter
{
    public const string Name = "Fat";

    public static readonly string Version = typeof(FatMeter).Assembly.GetName().Version?.ToString(3) ?? string.Empty;

    private static readonly Meter Meter = new(Name, Version);

    private static readonly Counter<long> Groups = Meter.CreateCounter<long>(
        "fat.groups", "{group}", "Groups that ended in this process as their root, by outcome.");

    private static readonly Histogram<double> GroupDuration = Meter.CreateHistogram<double>(
        "fat.group.duration", "s", "From the beginning of a group to its outcome, in its root.");

    private static readonly Histogram<double> BranchDuration = Meter.CreateHistogram<double>(
        "fat.branch.duration", "s", "From the call of a branch's method to its vote.");

    private static readonly Counter<long> Votes = Meter.CreateCounter<long>(
        "fat.votes", "{vote}", "Votes, prepared or read-only, by when the branch prepared: early, when its method had returned, or late, told by the root.");

    private static readonly Histogram<double> StageWait = Meter.CreateHistogram<double>(
        "fat.stage.wait", "s", "Stage 1: a root waits for votes. Stage 2: a voted branch waits for the decision and obeys it.");

    private static readonly Counter<long> Recovered = Meter.CreateCounter<long>(
        "fat.recovered", "{branch}", "Branches in doubt that recovery finished, by decision.");

    private static readonly Counter<long> Forces = Meter.CreateCounter<long>(
        "fat.forced", "{decision}", "Decisions that operators forced in this process, by decision and by whether they had an effect.");

    private static readonly Counter<long> Incidents = Meter.CreateCounter<long>(
        "fat.incidents", "{event}", "What has happened to lost branches, and branches that were in doubt for long, as this process was the first to tell.");

    private static readonly Histogram<double> RegistryDuration = Meter.CreateHistogram<double>(
        "fat.registry.duration", "s", "Operations on Redis as this process waited for them, connecting included; all but the pop that waits for messages.");

    private static readonly Counter<long> RegistryErrors = Meter.CreateCounter<long>(
        "fat.registry.errors", "{error}", "Operations on Redis that failed: it was away, refused, or did not answer in time.");

    private static readonly Counter<long> Messages = Meter.CreateCounter<long>(
        "fat.messages", "{message}", "Messages that this process has submitted or cancelled, and their branches that it has consumed, or set aside as failed.");

    private static readonly Counter<long> MessageRetries = Meter.CreateCounter<long>(
        "fat.message.retries", "{attempt}", "Attempts at branches of messages that failed and come again.");

    private static readonly Histogram<double> MessageDuration = Meter.CreateHistogram<double>(
        "fat.message.duration", "s", "One attempt at a branch of a message: a call, or a subscriber's method.");

    private static readonly ObservableGauge<long> MessageQueueLength = Meter.CreateObservableGauge(
        "fat.message.queue.length", static () => Observed.QueueLengths(), "{message}", "Pieces of work in the queues that this process works on, by state; looked up while somebody listens.");

    static FatMeter()
    {
        Meter.CreateObservableUpDownCounter("fat.group.open", static () => Observed.OpenGroups(), "{group}", "Groups that this process has begun and that are not decided.");
        Meter.CreateObservableUpDownCounter("fat.scope.open", static () => Observed.OpenScopes(), "{scope}", "Scopes of other services' groups that run in this process.");
        Meter.CreateObservableUpDownCounter("fat.branch.waiting", static () => Observed.WaitingBranches(), "{branch}", "Branches that have voted here and wait for their decision.");
        Meter.CreateObservableUpDownCounter("fat.worker.busy", static () => Observed.BusyWorkers(), "{worker}", "Workers that run a branch's method.");
        Meter.CreateObservableUpDownCounter("fat.worker.limit", static () => Observed.WorkerLimits(), "{worker}", "Workers that there can be.");
        Meter.CreateObservableUpDownCounter("fat.worker.queue.length", static () => Observed.WaitingForWorkers(), "{branch}", "Branches that wait for a worker.");
        Meter.CreateObservableUpDownCounter("fat.worker.queue.limit", static () => Observed.WorkerQueueLimits(), "{branch}", "Branches that may wait for a worker.");
        Meter.CreateObservableGauge(
            "fat.in_doubt.branches", static () => Observed.InDoubt(), "{branch}", "Branches that are prepared in this service's databases, as recovery last saw them; every process of a service sees the same ones.");
        Meter.CreateObservableGauge("fat.in_doubt.age", static () => Observed.InDoubtAges(), "s", "The age of the oldest of them.");
    }

    /// <summary>Whether somebody wants to know how long the queues are, which costs a look at Redis.</summary>
    public static bool WantsQueueLengths => MessageQueueLength.Enabled;

    /// <summary>
    /// Shows the counts that alarms look at before there is anything to count: who asks for an increase does not see the first event of a series that begins with it.
    /// </summary>
    public static void ShowNone(FatName service)
    {
        foreach (var outcome in (FatOutcome[])[FatOutcome.Committed, FatOutcome.RolledBack, FatOutcome.InDoubt])
            Groups.Add(0, new("fat.service", service.Text), new("fat.outcome", FatActivity.Text(outcome)));
        foreach (var kind in (string[])["opened", "replayed", "failed", "closed", "in_doubt"])
            Incidents.Add(0, new("fat.service", service.Text), new("fat.event", kind));
        foreach (var outcome in (string[])["submitted", "cancelled", "consumed", "failed"])
            Messages.Add(0, new("fat.service", service.Text), new("fat.outcome", outcome));
        foreach (var decision in (Decision[])[Decision.Committed, Decision.RolledBack])
        {
            foreach (var effect in (string[])["decided", "none"])
                Forces.Add(0, new("fat.service", service.Text), new("fat.decision", FatActivity.Text(decision)), new("fat.effect", effect));
        }
    }

    public static void GroupEnded(TimeSpan duration, FatName service, string outcome)
    {
        Groups.Add(1, new("fat.service", service.Text), new("fat.outcome", outcome));
        GroupDuration.Record(duration.TotalSeconds, new("fat.service", service.Text), new("fat.outcome", outcome));
    }

    public static void BranchRan(TimeSpan duration, FatName service, FatName database) =>
        BranchDuration.Record(duration.TotalSeconds, new("fat.service", service.Text), new("fat.database", database.Text));

    public static void Voted(FatName service, bool prepared, bool late) =>
        Votes.Add(
            1, new("fat.service", service.Text), new("fat.vote", prepared ? "prepared" : "read_only"), new("fat.prepare", late ? "late" : "early"));

    public static void VotesWaited(TimeSpan duration, FatName service) =>
        StageWait.Record(duration.TotalSeconds, new("fat.service", service.Text), new("fat.stage", "votes"));

    public static void DecisionObeyed(TimeSpan duration, FatName service, Decision decision) =>
        StageWait.Record(duration.TotalSeconds, new("fat.service", service.Text), new("fat.stage", "decision"), new("fat.decision", FatActivity.Text(decision)));

    public static void BranchRecovered(FatName service, FatName database, Decision decision) =>
        Recovered.Add(1, new("fat.service", service.Text), new("fat.database", database.Text), new("fat.decision", FatActivity.Text(decision)));

    public static void Forced(FatName service, Decision asked, bool decided) =>
        Forces.Add(1, new("fat.service", service.Text), new("fat.decision", FatActivity.Text(asked)), new("fat.effect", decided ? "decided" : "none"));

    public static void IncidentChanged(FatName service, string kind) => Incidents.Add(1, new("fat.service", service.Text), new("fat.event", kind));

    /// <summary>An operation on Redis is over.</summary>
    /// <param name="operation">Its name, one of a few dozen.</param>
    /// <param name="duration">How long the caller waited.</param>
    /// <param name="failure">Null when it went well.</param>
    public static void RegistryAnswered(string operation, TimeSpan duration, Exception? failure)
    {
        if (failure is null)
        {
            RegistryDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("fat.registry.operation", operation));
            return;
        }

        var type = failure.GetType().Name;
        RegistryDuration.Record(duration.TotalSeconds, new("fat.registry.operation", operation), new("error.type", type));
        RegistryErrors.Add(1, new("fat.registry.operation", operation), new("error.type", type));
    }

    public static void MessageEnded(FatName service, string outcome) => Messages.Add(1, new("fat.service", service.Text), new("fat.outcome", outcome));

    public static void MessageRetried(FatName service, QueueName queue) => MessageRetries.Add(1, new("fat.service", service.Text), new("fat.queue", queue.Text));

    public static void MessageTried(TimeSpan duration, FatName service, QueueName queue, string outcome) => MessageDuration.Record(
        duration.TotalSeconds, new("fat.service", service.Text), new("fat.queue", queue.Text), new("fat.outcome", outcome));
}
