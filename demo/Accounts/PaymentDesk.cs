using Fat;

namespace Accounts;

/// <summary>
/// The same scope as the endpoint's, on a method of a service: the message that it handles brings the group, by way of
/// the <see cref="Wire.WireRemoteData"/> adapter.
/// </summary>
public sealed class PaymentDesk(IAccountService accounts) : IPaymentDesk
{
    [FatServiceRegister(ServiceCount = 0, LocalTransactionCount = 1)]
    public Task PayAsync(Payment payment, CancellationToken cancellationToken) =>
        accounts.PayAsync(payment.Order, payment.Account, payment.Amount, cancellationToken);
}
