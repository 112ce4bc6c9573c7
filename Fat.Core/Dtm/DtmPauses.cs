using Fat.Messages;

namespace Fat.Dtm;

/// <summary>For how long a transaction pauses, by DTM's rules: its own first pause or the service's, not longer than its time-out; doubled with each failure; the same again while a branch is at it.</summary>
internal static class DtmPauses
{
    public static TimeSpan Of(DtmTransaction transaction, FatMessageOptions options, double chance)
    {
        var first = transaction.RetryInterval > 0 ? TimeSpan.FromSeconds(transaction.RetryInterval)
            : transaction.Timeout > 0 && TimeSpan.FromSeconds(transaction.Timeout) < options.RetryInterval ? TimeSpan.FromSeconds(transaction.Timeout)
            : options.RetryInterval;
        return Backoff.Pause(first, options.RetryLimit, Math.Max(1, transaction.Failures), chance);
    }
}
