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
            using (BranchFrame.Enter(resource.Database.Name))
                await transaction.RunAsync(call.Services, async () => result = await call.Body(CancellationToken.None).ConfigureAwait(false)).ConfigureAwait(false);
            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            return result;
        }
    }
}
