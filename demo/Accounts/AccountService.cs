using Fat;

namespace Accounts;

public sealed class AccountService(AccountsContext context, Vault vault) : IAccountService
{
    [FatTransaction]
    public async Task OpenAsync(string name, AccountTerms terms, CancellationToken cancellationToken)
    {
        var account = await context.Accounts.FindAsync([name], cancellationToken)
            ?? context.Accounts.Add(new Account { Name = name }).Entity;
        account.Balance = terms.Balance;
        account.CheckMilliseconds = terms.CheckMilliseconds;
        await context.SaveChangesAsync(cancellationToken);
    }

    // A bank that takes longer than this loses the payment: the token is cancelled and the group rolls back.
    [FatTransaction(WaitResultMilliseconds = 3000, WaitCommitMilliseconds = 3000)]
    public Task PayAsync(Guid order, string account, decimal amount, CancellationToken cancellationToken) =>
        vault.PayAsync(order, account, amount, cancellationToken);
}
