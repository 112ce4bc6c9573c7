namespace Fat.AspNetCore.Dashboard;

internal sealed record MessagesAnswer(IReadOnlyList<MessageAnswer> Items, bool HasMore, MessageCounts Counts);

/// <summary>How many messages are in each state.</summary>
internal sealed record MessageCounts(long Prepared, long Submitted, long Failed, long Consumed, long Cancelled);

internal sealed record MessageAnswer(
    string Gid,
    string Service,
    FatMessageState State,
    DateTimeOffset? Prepared,
    DateTimeOffset? Submitted,
    DateTimeOffset? Ended,
    string? Reason,
    IReadOnlyList<MessageBranchAnswer> Branches,
    string Seen)
{
    public static MessageAnswer Of(FatMessageDetails message) => new(
        message.Gid, message.Service, message.State, message.Prepared, message.Submitted, message.Ended, message.Reason,
        [.. message.Branches.Select(branch => new MessageBranchAnswer(branch.BranchId, branch.Target, branch.State, branch.Attempts, branch.Reason, branch.At, branch.Next))],
        Dashboard.Seen.Of(message));
}

internal sealed record MessageBranchAnswer(string BranchId, string Target, FatMessageBranchState State, int Attempts, string? Reason, DateTimeOffset? At, DateTimeOffset? Next);

internal sealed record MessageDetailsAnswer(
    string Gid,
    string Service,
    FatMessageState State,
    DateTimeOffset? Prepared,
    DateTimeOffset? Submitted,
    DateTimeOffset? Ended,
    string? Reason,
    IReadOnlyList<MessagePayloadAnswer> Branches,
    string Seen,
    IReadOnlyList<AuditAnswer> Audit,
    IReadOnlyList<string> Unreachable)
{
    public static MessageDetailsAnswer Of(FatMessageDetails message, bool showPayloads, IReadOnlyList<AuditAnswer> audit, IReadOnlyList<string> unreachable) => new(
        message.Gid, message.Service, message.State, message.Prepared, message.Submitted, message.Ended, message.Reason,
        [.. message.Branches.Select(branch => new MessagePayloadAnswer(
            branch.BranchId, branch.Target, branch.State, branch.Attempts, branch.Reason, branch.At, branch.Next, showPayloads ? branch.Payload : null, !showPayloads))],
        Dashboard.Seen.Of(message), audit, unreachable);
}

/// <summary>A branch with what it sends, which may be hidden.</summary>
internal sealed record MessagePayloadAnswer(
    string BranchId, string Target, FatMessageBranchState State, int Attempts, string? Reason, DateTimeOffset? At, DateTimeOffset? Next, string? Payload, bool PayloadHidden);

/// <summary>How many branches an action has changed.</summary>
internal sealed record ChangedAnswer(int Changed);

internal sealed record SubscriptionAnswer(string Topic, string Group, long Waiting, long Retrying, long Delivering, long Failed);
