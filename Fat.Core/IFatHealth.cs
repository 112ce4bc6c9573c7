namespace Fat;

/// <summary>
/// Whether this process can do its part in groups, found out by asking the servers: nothing in the answer is a constant, or older than the question. A singleton; thread-safe. Questions at the same time share
/// one look at each server. <c>services.AddHealthChecks().AddFat()</c> of Fat.AspNetCore makes a health check of it.
/// </summary>
public interface IFatHealth
{
    /// <summary>
    /// Looks at Redis, the inbox, the background loops, each database, what is in doubt and the open incidents. A server that hangs costs <see cref="FatHealthOptions.Timeout"/>, not more: what cannot
    /// be found out is told as such and does not throw.
    /// </summary>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <exception cref="OperationCanceledException">The question was cancelled.</exception>
    Task<FatHealthReport> CheckAsync(CancellationToken cancellationToken = default);
}
