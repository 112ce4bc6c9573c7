using System.Collections.Concurrent;
using Fat.Context;
using Fat.Diagnostics;
using Fat.Protocol;
using Fat.Resources;

namespace Fat.Coordination;

/// <summary>Runs [FatTransaction] methods outside of any group: ordinary local transactions of which nobody else hears. Thread-safe.</summary>
internal sealed class LocalRunner(Participant participant)
{
    private readonly ConcurrentDictionary<string, bool> _warnedOf = new(StringComparer.Ordinal);

    public async Task<object?> RunAsync(BranchCall call, BranchResource resource)
    {
        // Whether it is meant to be a part of the caller's group nobody can know. One that only reads loses nothing.
        if (!call.ReadOnly && AmbientScope.UnjoinedCall is not null && _warnedOf.TryAdd(call.Method, true))
            FatLog.CommitsAlone(participant.Node.Logger, call.Method);
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
