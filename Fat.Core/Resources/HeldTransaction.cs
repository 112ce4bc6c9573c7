using Fat.Faults;
using Fat.Protocol;

namespace Fat.Resources;

/// <summary>A held branch: its transaction stays open on its connection until the decision.</summary>
internal sealed class HeldTransaction(LocalTransaction transaction, GroupId gid) : IVotedBranch
{
    public bool IsDurable => false;

    public async Task FinishAsync(Decision decision)
    {
        if (decision == Decision.RolledBack)
        {
            await transaction.RollbackAsync().ConfigureAwait(false);
            return;
        }

        try
        {
            await transaction.Database.Faults.BeforeAsync(FaultPoint.CommitHeld, gid).ConfigureAwait(false);
            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            await transaction.Database.Faults.AfterAsync(FaultPoint.CommitHeld, gid).ConfigureAwait(false);
        }
        finally
        {
            // After a failed commit nothing more can be done on this connection.
            await transaction.DisposeAsync().ConfigureAwait(false);
        }
    }
}
