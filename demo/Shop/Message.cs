using System.Globalization;

namespace Demo.Shop;

/// <summary>What Orders knows of a message.</summary>
internal sealed record Message(MessageState State, string? Reason, IReadOnlyList<MessageBranch> Branches)
{
    public override string ToString() => $"message {State}{(Reason is null ? string.Empty : $" ({Reason})")}: {string.Join(", ", Branches)}";
}

/// <summary>A branch of a message.</summary>
internal sealed record MessageBranch(string BranchId, string Target, MessageBranchState State, int Attempts, string? Reason, DateTimeOffset? At, DateTimeOffset? Next)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{BranchId} {Target} {State}{(Attempts > 1 ? $" after {Attempts} attempts" : string.Empty)}{(Reason is null ? string.Empty : $" ({Reason})")}");
}

/// <summary>As Fat has them, by their numbers.</summary>
internal enum MessageState
{
    Prepared,
    Submitted,
    Failed,
    Consumed,
    Cancelled,
}

/// <summary>As Fat has them, by their numbers.</summary>
internal enum MessageBranchState
{
    Waiting,
    Delivering,
    Retrying,
    Consumed,
    Failed,
    Cancelled,
}
