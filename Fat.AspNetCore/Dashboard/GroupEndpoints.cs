using Microsoft.AspNetCore.Http;

namespace Fat.AspNetCore.Dashboard;

/// <summary>Groups: one of them, branches in doubt, and what is decided by force.</summary>
internal sealed class GroupEndpoints(Sources sources, ActionGate gate)
{
    private const int Listed = 100;
    private const int LongestReason = 2000;

    public async Task<GroupDetailsAnswer> ShowAsync(HttpContext http)
    {
        var gid = RequestFields.Group(http);
        var reads = new Reads();
        var story = await GroupStory.ReadAsync(sources, gid, reads, http.RequestAborted).ConfigureAwait(false);
        var audit = await AuditList.ReadAsync(sources, gid, reads, http.RequestAborted).ConfigureAwait(false);

        // With a source away, what is not known may still be.
        if (story.IsUnknown && audit.Count == 0 && reads.Unreachable.Count == 0)
            throw Refusal.Unknown.Because($"Nobody knows group {gid}: it never was, or it is over and forgotten.");
        return story.Long(sources.Time.GetUtcNow(), audit, reads.Unreachable);
    }

    public async Task<PartAnswer<InDoubtAnswer>> ListInDoubtAsync(HttpContext http) => PartAnswer<InDoubtAnswer>.Of(
        await sources.Admin.ListInDoubtAsync(RequestFields.Limit(http, Listed), RequestFields.Skip(http), http.RequestAborted).ConfigureAwait(false), InDoubtAnswer.Of);

    /// <summary>The decision and its audit entry are one transaction; IFatAdmin writes both.</summary>
    public async Task<ForceAnswer> ForceAsync(HttpContext http)
    {
        var gid = RequestFields.Group(http);
        var who = Operator.Of(http);
        var body = await gate.PassAsync(http, who).ConfigureAwait(false);
        var decision = body.Choice("decision", ("committed", FatDecision.Committed), ("rolled-back", FatDecision.RolledBack));
        var reason = body.Text("reason", LongestReason);
        var seen = body.Text("seen", Seen.Longest);
        var options = new FatForceOptions { RootWroteNothing = body.Flag("rootWroteNothing"), DecisionDatabaseIsGone = body.Flag("decisionDatabaseIsGone") };
        body.End();

        var story = await GroupStory.ReadAsync(sources, gid, new Reads(), http.RequestAborted).ConfigureAwait(false);
        if (story.IsUnknown && story.Details.Unreachable.IsEmpty)
            throw Refusal.Unknown.Because($"Nobody knows group {gid}: it never was, or it is over and forgotten.");
        if (!Seen.IsCurrent(seen, story.Details, story.State))
            throw Refusal.Stale.Because($"Group {gid} is not as it was shown. Load it again.");

        // Not given up because a browser is closed: it would leave open what has become of it.
        var result = await sources.Admin.ForceAsync(gid, decision, who.Name, reason, options, sources.Stopping).ConfigureAwait(false);
        return new ForceAnswer(result.Decision, result.HadEffect, result.Finished, result.Published);
    }
}
