namespace Accounts;

/// <summary>Where payments arrive that did not come over HTTP.</summary>
public interface IPaymentDesk
{
    /// <inheritdoc cref="IAccountService.PayAsync"/>
    Task PayAsync(Payment payment, CancellationToken cancellationToken);
}
