using Fat;

namespace Accounts;

/// <summary>Collects the price of each order that is published, once.</summary>
public sealed class OrderedSubscriber(AccountsContext context, Vault vault)
{
    // Three attempts, and the delivery waits for an operator: an account does not fill by itself.
    [FatSubscribe("ordered", Group = "accounts", MaxAttempts = 3)]
    public Task HandleAsync(Ordered ordered, FatBarrier barrier, CancellationToken cancellationToken) =>
        barrier.CallAsync(context, _ => vault.PayAsync(ordered.Order, ordered.Account, ordered.Price, cancellationToken), cancellationToken);
}
