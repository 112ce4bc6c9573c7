using Microsoft.AspNetCore.Http;

namespace Fat.AspNetCore.Dashboard;

/// <summary>Messages: lists, one of them, and what is done about it.</summary>
internal sealed class MessageEndpoints(Sources sources, ActionGate gate, bool showPayloads)
{
    private const int Listed = 100;

    /// <summary>The audit entry says the branch as well, and has 2000 characters.</summary>
    private const int LongestReason = 1900;
    private const int LongestBranch = 20;

    public async Task<MessagesAnswer> ListAsync(HttpContext http)
    {
        var state = RequestFields.Choice(
            http, "state", FatMessageState.Failed, ("prepared", FatMessageState.Prepared), ("submitted", FatMessageState.Submitted), ("failed", FatMessageState.Failed),
            ("consumed", FatMessageState.Consumed), ("cancelled", FatMessageState.Cancelled));
        var (limit, skip) = (RequestFields.Limit(http, Listed), RequestFields.Skip(http));
        var token = http.RequestAborted;
        var counts = new MessageCounts(
            await CountAsync(FatMessageState.Prepared).ConfigureAwait(false), await CountAsync(FatMessageState.Submitted).ConfigureAwait(false), await CountAsync(FatMessageState.Failed).ConfigureAwait(false),
            await CountAsync(FatMessageState.Consumed).ConfigureAwait(false), await CountAsync(FatMessageState.Cancelled).ConfigureAwait(false));
        if (RequestFields.MessageAsked(http) is { } gid)
            return new MessagesAnswer(await sources.Messages.FindAsync(gid, token).ConfigureAwait(false) is { } found ? [MessageAnswer.Of(found)] : [], HasMore: false, counts);
        var page = await sources.Messages.ListAsync(state, skip, limit, token).ConfigureAwait(false);
        var behind = await sources.Messages.ListAsync(state, skip + limit, 1, token).ConfigureAwait(false);
        return new MessagesAnswer([.. page.Select(MessageAnswer.Of)], behind.Count > 0, counts);

        Task<long> CountAsync(FatMessageState counted) => sources.Messages.CountAsync(counted, token);
    }

    public async Task<MessageDetailsAnswer> ShowAsync(HttpContext http)
    {
        var message = await FindAsync(RequestFields.Message(http), http.RequestAborted).ConfigureAwait(false);
        var reads = new Reads();
        var audit = await AuditList.ReadAsync(sources, message.Gid, reads, http.RequestAborted).ConfigureAwait(false);
        return MessageDetailsAnswer.Of(message, showPayloads, audit, reads.Unreachable);
    }

    public async Task<ChangedAnswer> RetryAsync(HttpContext http)
    {
        var asked = await RecordAsync(http, "retry", static body => body.OptionalText("branch", LongestBranch)).ConfigureAwait(false);
        return new ChangedAnswer(await sources.Messages.RetryNowAsync(asked.Gid, asked.Branch, sources.Stopping).ConfigureAwait(false));
    }

    public async Task<ChangedAnswer> RedeliverAsync(HttpContext http)
    {
        var asked = await RecordAsync(http, "redeliver", static body => body.Text("branch", LongestBranch)).ConfigureAwait(false);
        return new ChangedAnswer(await sources.Messages.RedeliverAsync(asked.Gid, asked.Branch!, sources.Stopping).ConfigureAwait(false) ? 1 : 0);
    }

    public async Task<ChangedAnswer> CancelAsync(HttpContext http)
    {
        var asked = await RecordAsync(http, "cancel", static _ => null).ConfigureAwait(false);
        return new ChangedAnswer(await sources.Messages.CancelAsync(asked.Gid, asked.Reason, sources.Stopping).ConfigureAwait(false));
    }

    public async Task<AllAnswer<SubscriptionAnswer>> ListSubscriptionsAsync(HttpContext http)
    {
        var subscriptions = await sources.Messages.ListSubscriptionsAsync(http.RequestAborted).ConfigureAwait(false);
        return new AllAnswer<SubscriptionAnswer>(
            [.. subscriptions.Select(found => new SubscriptionAnswer(found.Topic, found.Group, found.Waiting, found.Retrying, found.Delivering, found.Failed))]);
    }

    /// <summary>
    /// Everything that comes before an action, the audit entry last: it is written before anything is done, and without it nothing is. From there on it is not given up because a browser is closed.
    /// </summary>
    private async Task<Asked> RecordAsync(HttpContext http, string action, Func<RequestBody, string?> branchOf)
    {
        var gid = RequestFields.Message(http);
        var who = Operator.Of(http);
        var body = await gate.PassAsync(http, who).ConfigureAwait(false);
        var (branch, reason, seen) = (branchOf(body), body.Text("reason", LongestReason), body.Text("seen", Seen.Longest));
        body.End();

        var message = await FindAsync(gid, http.RequestAborted).ConfigureAwait(false);
        if (branch is not null && message.Branches.All(known => known.BranchId != branch))
            throw Refusal.Unknown.Because($"Message {gid} has no branch '{branch}'.");
        if (Seen.Of(message) != seen)
            throw Refusal.Stale.Because($"Message {gid} is not as it was shown. Load it again.");
        await sources.Audit.RecordAsync(gid, action, who.Name, branch is null ? reason : $"branch {branch}: {reason}", sources.Stopping).ConfigureAwait(false);
        return new Asked(gid, branch, reason);
    }

    private async Task<FatMessageDetails> FindAsync(string gid, CancellationToken cancellationToken) =>
        await sources.Messages.FindAsync(gid, cancellationToken).ConfigureAwait(false) ?? throw Refusal.Unknown.Because($"Nothing is known of message {gid} (any more).");

    /// <summary>What is to be done, and is recorded.</summary>
    private sealed record Asked(string Gid, string? Branch, string Reason);
}
