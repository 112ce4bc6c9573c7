using Fat.Diagnostics;
using Fat.Protocol;
using Fat.Registry;
using Fat.Resources;

namespace Fat.Coordination;

/// <content>The end of the transactions that calls of the group share: they prepare, or carry the decision, when every call is answered (rule S9).</content>
internal sealed partial class RootScope
{
    private bool _joiningEnded;
    private long? _told;

    /// <summary>
    /// Nothing more can join once every call is answered: what this scope's calls share here carries the decision, or prepares, if no other
    /// call has worked in it than those that count (rule S9).
    /// </summary>
    private async Task EndJoiningAsync()
    {
        if (_joiningEnded || State is { Abort: not null } || State.PendingCalls.Any())
            return;
        _joiningEnded = true;
        if (!HasJoined)
            return;
        using var bounded = new Cancellation(Node.Background, Remaining < Node.Timings.WaitCommit ? Remaining : Node.Timings.WaitCommit, Node.Time);
        foreach (var joined in Joined())
        {
            if (joined == _carrier?.Joined)
                await CarryAsync(_carrier, joined, bounded.Token).ConfigureAwait(false);
            else if (joined.Members[0].Scope == this)
                await PrepareAsync(joined, bounded.Token).ConfigureAwait(false);
        }
    }

    private async Task CarryAsync(Branch carrier, JoinedTransaction joined, CancellationToken cancellationToken)
    {
        var (transaction, failure) = await joined.CarryAsync(State.Branches.Keys, cancellationToken).ConfigureAwait(false);
        if (transaction is null)
        {
            Abort(failure!);
            return;
        }

        carrier.Carries(transaction);
        foreach (var member in joined.Members)
            Apply(new GroupEvent.BranchIsCommitPoint(member.Id));
    }

    private async Task PrepareAsync(JoinedTransaction joined, CancellationToken cancellationToken)
    {
        var (votes, failure) = await joined.PrepareAsync(State.Branches.Keys, cancellationToken).ConfigureAwait(false);
        if (failure is not null)
            Abort(failure);
        foreach (var vote in votes?.Branches ?? [])
            Apply(new GroupEvent.BranchVoted(vote.Id, vote.Vote));
    }

    /// <summary>Tells the processes whose transactions wait for it to prepare; again with every look, for messages are hints (rule L1).</summary>
    private async Task TellJoinedAsync()
    {
        var state = State;
        if (!_joiningEnded || state.Joined.IsEmpty || (_told is { } told && Node.Time.GetElapsedTime(told) < Node.Timings.CommitPollInterval))
            return;
        _told = Node.Time.GetTimestamp();
        try
        {
            foreach (var instance in state.Joined.GroupBy(branch => branch.Instance))
            {
                var counting = state.Branches.Values.Where(branch => branch.Instance == instance.Key);
                await Node.Registry.PushAsync(instance.Key, [new InboxMessage.Prepare(Group, [.. counting])], CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (RegistryUnavailableException exception)
        {
            // Undecided: told again until WaitCommit is over.
            _registryAway = exception;
            FatLog.VotesNotRead(Node.Logger, Group, exception);
        }
    }
}
