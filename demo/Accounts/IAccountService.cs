namespace Accounts;

public interface IAccountService
{
    /// <summary>Opens the account, or changes its terms.</summary>
    Task OpenAsync(string name, AccountTerms terms, CancellationToken cancellationToken);

    /// <summary>Takes the amount from the account.</summary>
    /// <exception cref="PaymentRefusedException">The account is unknown or holds less.</exception>
    Task PayAsync(Guid order, string account, decimal amount, CancellationToken cancellationToken);
}
