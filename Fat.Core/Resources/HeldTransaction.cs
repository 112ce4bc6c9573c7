using System.Collections.Immutable;
using Fat.Faults;
using Fat.Protocol;

namespace Fat.Resources;

/// <summary>
/// A held branch: its transaction stays open on its connection until the decision. With a journal a COMMIT that failed, or that got no
/// answer, is settled: the branch has committed, or it is an incident.
/// </summary>
internal sealed class HeldTransaction(LocalTransaction transaction, ImmutableArray<PreparedName> calls, IBranchJournal? journal) : IVotedBranch
{
    private bool _isOver;

    public FatName Database => transaction.Database.Name;

    public bool IsDurable => false;

    public bool IsFoundAgain => journal is not null;

    public bool HasObeyed { get; private set; }

    /// <remarks>Called by one at a time.</remarks>
    public async Task FinishAsync(Decision decision)
    {
        if (decision == Decision.RolledBack)
        {
            await transaction.RollbackAsync().ConfigureAwait(false);
            Obeyed();
        }
        else if (!_isOver && await TryCommitAsync().ConfigureAwait(false))
        {
            Obeyed();
        }
        else
        {
            foreach (var call in calls)
                await journal!.SettleAsync(call).ConfigureAwait(false);
        }
    }

    private void Obeyed()
    {
        HasObeyed = true;
        foreach (var call in calls)
            journal?.Forget(call);
    }

    private async Task<bool> TryCommitAsync()
    {
        try
        {
            await transaction.Database.Faults.BeforeAsync(FaultPoint.CommitHeld, calls[0].Gid).ConfigureAwait(false);
            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            await transaction.Database.Faults.AfterAsync(FaultPoint.CommitHeld, calls[0].Gid).ConfigureAwait(false);
            return true;
        }
        catch (Exception) when (journal is not null)
        {
            // Committed or lost: the barrier tells.
            return false;
        }
        finally
        {
            // After a failed commit nothing more can be done on this connection.
            _isOver = true;
            await transaction.DisposeAsync().ConfigureAwait(false);
        }
    }
}
