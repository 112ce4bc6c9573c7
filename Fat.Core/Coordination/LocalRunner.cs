using Fat.Protocol;
using Fat.Resources;

namespace Fat.Coordination;

/// <summary>Runs [FatTransaction] methods outside of any group: ordinary local transactions of which nobody else hears.</summary>
internal static class LocalRunner
{
    public static async Task<object?> RunAsync(BranchCall call, BranchResource resource)
    {
        var settings = new TransactionSettings(call.Isolation, call.ReadOnly, LockTimeout: null);
        var transaction = await LocalTransaction.BeginAsync(resource.Database, call.Services, settings, CancellationToken.None).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            object? result = null;
            var frame = BranchFrame.Enter(transaction, call.Services);
            try
            {
                using (frame)
                    await transaction.RunAsync(call.Services, async () => result = await call.Body(CancellationToken.None).ConfigureAwait(false)).ConfigureAwait(false);
            }
            catch
            {
                // Rolled back: nothing was committed, and the exception goes on to the caller.
                frame.Ended(Decision.RolledBack);
                throw;
            }

            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            frame.Ended(Decision.Committed);
            return result;
        }
    }
}
