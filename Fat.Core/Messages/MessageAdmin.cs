using Fat.Registry;

namespace Fat.Messages;

/// <summary>Tells operators' programs of a registry that is away by an exception that they can know. Thread-safe.</summary>
internal sealed class MessageAdmin(MessageDesk desk) : IFatMessageAdmin
{
    public Task<FatMessageDetails?> FindAsync(string gid, CancellationToken cancellationToken = default) => ToldAsync(() => desk.FindAsync(gid, cancellationToken));

    public Task<IReadOnlyList<FatMessageDetails>> ListAsync(FatMessageState state, int skip = 0, int most = 100, CancellationToken cancellationToken = default) =>
        ToldAsync(() => desk.ListAsync(state, skip, most, cancellationToken));

    public Task<long> CountAsync(FatMessageState state, CancellationToken cancellationToken = default) => ToldAsync(() => desk.CountAsync(state, cancellationToken));

    public Task<int> RetryNowAsync(string gid, string? branchId = null, CancellationToken cancellationToken = default) => ToldAsync(() => desk.RetryNowAsync(gid, branchId, cancellationToken));

    public Task<bool> RedeliverAsync(string gid, string branchId, CancellationToken cancellationToken = default) => ToldAsync(() => desk.RedeliverAsync(gid, branchId, cancellationToken));

    public Task<int> CancelAsync(string gid, string reason, CancellationToken cancellationToken = default) => ToldAsync(() => desk.CancelAsync(gid, reason, cancellationToken));

    public Task<IReadOnlyList<FatSubscription>> ListSubscriptionsAsync(CancellationToken cancellationToken = default) => ToldAsync(() => desk.ListSubscriptionsAsync(cancellationToken));

    public Task UnsubscribeAsync(string topic, string group, CancellationToken cancellationToken = default) => ToldAsync(async () =>
    {
        await desk.UnsubscribeAsync(topic, group, cancellationToken).ConfigureAwait(false);
        return true;
    });

    private static async Task<T> ToldAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (RegistryUnavailableException exception)
        {
            // A question: nothing is known. An action: a part of it may have been done, and it can be repeated.
            throw new FatMonitorUnavailableException(exception.Message, exception);
        }
    }
}
