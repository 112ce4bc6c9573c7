using Fat.Diagnostics;

namespace Fat.Messages;

/// <summary>What operators see and do about messages, with the application's redactor over payloads and reasons.</summary>
internal sealed class RedactedMessageAdmin(IFatMessageAdmin admin, Redaction redaction) : IFatMessageAdmin
{
    public async Task<FatMessageDetails?> FindAsync(string gid, CancellationToken cancellationToken = default) =>
        await admin.FindAsync(gid, cancellationToken).ConfigureAwait(false) is { } found ? Show(found) : null;

    public async Task<IReadOnlyList<FatMessageDetails>> ListAsync(FatMessageState state, int skip = 0, int most = 100, CancellationToken cancellationToken = default) =>
        [.. (await admin.ListAsync(state, skip, most, cancellationToken).ConfigureAwait(false)).Select(Show)];

    public Task<long> CountAsync(FatMessageState state, CancellationToken cancellationToken = default) => admin.CountAsync(state, cancellationToken);

    public Task<int> RetryNowAsync(string gid, string? branchId = null, CancellationToken cancellationToken = default) => admin.RetryNowAsync(gid, branchId, cancellationToken);

    public Task<bool> RedeliverAsync(string gid, string branchId, CancellationToken cancellationToken = default) => admin.RedeliverAsync(gid, branchId, cancellationToken);

    public Task<int> CancelAsync(string gid, string reason, CancellationToken cancellationToken = default) => admin.CancelAsync(gid, reason, cancellationToken);

    public Task<IReadOnlyList<FatSubscription>> ListSubscriptionsAsync(CancellationToken cancellationToken = default) => admin.ListSubscriptionsAsync(cancellationToken);

    public Task UnsubscribeAsync(string topic, string group, CancellationToken cancellationToken = default) => admin.UnsubscribeAsync(topic, group, cancellationToken);

    private FatMessageDetails Show(FatMessageDetails message) => message with
    {
        Reason = redaction.Reason(message.Gid, message.Service, message.Reason),
        Branches =
        [
            .. message.Branches.Select(branch => branch with
            {
                Reason = redaction.Reason(message.Gid, branch.Target, branch.Reason),
                Payload = redaction.Payload(message.Gid, branch.Target, branch.Payload),
            }),
        ],
    };
}
