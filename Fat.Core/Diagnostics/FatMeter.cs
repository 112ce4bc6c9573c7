using System.Diagnostics.Metrics;
using Fat.Protocol;

namespace Fat.Diagnostics;

/// <summary>Instruments of the Meter <c>Fat</c>; durations are in seconds.</summary>
internal static class FatMeter
{
    public const string Name = "Fat";

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Groups = Meter.CreateCounter<long>(
        "fat.groups", "{group}", "Groups that ended in this process as their root, by outcome.");

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

    private static readonly Counter<long> Messages = Meter.CreateCounter<long>(
        "fat.messages", "{message}", "Messages that this process has submitted or cancelled, and deliveries that it has consumed, by outcome.");

    public static void MessageEnded(FatName service, string outcome) => Messages.Add(1, new("fat.service", service.Text), new("fat.outcome", outcome));

    public static void IncidentChanged(FatName service, string kind) => Incidents.Add(1, new("fat.service", service.Text), new("fat.event", kind));

    public static void Forced(FatName service, Decision asked, bool decided) =>
        Forces.Add(1, new("fat.service", service.Text), new("fat.decision", Text(asked)), new("fat.effect", decided ? "decided" : "none"));

    public static void GroupEnded(FatName service, string outcome) =>
        Groups.Add(1, new("fat.service", service.Text), new("fat.outcome", outcome));

    public static void BranchRan(TimeSpan duration, FatName service, FatName database) =>
        BranchDuration.Record(duration.TotalSeconds, new("fat.service", service.Text), new("fat.database", database.Text));

    public static void Voted(FatName service, bool prepared, bool late) =>
        Votes.Add(
            1, new("fat.service", service.Text), new("fat.vote", prepared ? "prepared" : "read_only"), new("fat.prepare", late ? "late" : "early"));

    public static void StageWaited(TimeSpan duration, FatName service, int stage) =>
        StageWait.Record(duration.TotalSeconds, new("fat.service", service.Text), new("fat.stage", stage));

    public static void DecisionObeyed(TimeSpan duration, FatName service, Decision decision) =>
        StageWait.Record(duration.TotalSeconds, new("fat.service", service.Text), new("fat.stage", 2), new("fat.decision", Text(decision)));

    public static void BranchRecovered(FatName service, Decision decision) =>
        Recovered.Add(1, new("fat.service", service.Text), new("fat.decision", Text(decision)));

    private static string Text(Decision decision) => decision == Decision.Committed ? "committed" : "rolled_back";
}
