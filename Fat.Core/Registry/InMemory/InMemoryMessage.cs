using System.Collections.Immutable;
using Fat.Protocol;

namespace Fat.Registry.InMemory;

/// <summary>The record of one message. Not thread-safe: the store's lock guards it.</summary>
internal sealed class InMemoryMessage(MessageId id)
{
    private readonly Dictionary<string, long> _fences = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BranchNote> _notes = new(StringComparer.Ordinal);
    private ImmutableArray<string> _branches = [];

    public MessageId Id => id;

    public MessageState State { get; set; }

    public required MessageOrigin Origin { get; set; }

    public DateTimeOffset? Prepared { get; init; }

    public DateTimeOffset? Submitted { get; private set; }

    public TimeSpan SubmittedAt { get; private set; }

    public DateTimeOffset? Ended { get; set; }

    public TimeSpan EndedAt { get; set; }

    public string? Reason { get; set; }

    /// <summary>When the record vanishes.</summary>
    public TimeSpan ExpiresAt { get; set; }

    public IEnumerable<string> Consumed => _branches.Where(branch => StateOf(branch) == BranchState.Consumed);

    /// <summary>What its branches make of a message that was submitted.</summary>
    public MessageState StateByBranches
    {
        get
        {
            var states = _branches.Select(StateOf).ToHashSet();
            if (states.Contains(BranchState.Failed))
                return MessageState.Failed;
            if (states.Contains(BranchState.Waiting))
                return MessageState.Submitted;
            return states.Contains(BranchState.Consumed) || states.Count == 0 ? MessageState.Consumed : MessageState.Cancelled;
        }
    }

    public MessageRecord RecordAt(TimeSpan now) => new(id, State, Origin)
    {
        Prepared = Prepared,
        Submitted = Submitted,
        SinceSubmitted = Submitted is null ? null : now - SubmittedAt,
        Ended = Ended,
        Reason = Reason,
        Branches = [.. _branches.Select(branch => _notes.GetValueOrDefault(branch) ?? new BranchNote(branch, BranchState.Waiting, 0, null, null))],
    };

    public void Submit(MessageOrigin origin, IEnumerable<string> branches, TimeSpan now, DateTimeOffset utc)
    {
        (Origin, Submitted, SubmittedAt, Ended, Reason) = (origin, utc, now, null, null);
        _branches = [.. branches];
    }

    /// <summary>What is consumed stays so, what an operator took back or what has ended can only turn out to be consumed, and what an earlier hold came to is old.</summary>
    /// <returns>Whether it was news.</returns>
    public bool Tell(BranchNews news, DateTimeOffset utc)
    {
        var known = StateOf(news.Branch);
        if (known == BranchState.Consumed)
            return false;
        if (news.State != BranchState.Consumed && (known == BranchState.Cancelled || Ended is not null))
            return false;
        if (news.State is BranchState.Waiting or BranchState.Failed && news.Fence < _fences.GetValueOrDefault(news.Branch))
            return false;
        _fences[news.Branch] = news.Fence;
        _notes[news.Branch] = new BranchNote(news.Branch, news.State, news.Attempts, ReasonText.Cut(news.Reason), utc);
        return true;
    }

    private BranchState StateOf(string branch) => _notes.GetValueOrDefault(branch)?.State ?? BranchState.Waiting;
}
