using Fat;
using Microsoft.EntityFrameworkCore;

namespace Accounts;

public sealed class AccountService(AccountsContext context, TimeProvider clock) : IAccountService
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
    public async Task PayAsync(Guid order, string account, decimal amount, CancellationToken cancellationToken)
    {
        var bank = await context.Accounts.AsNoTracking().SingleOrDefaultAsync(row => row.Name == account, cancellationToken)
            ?? throw new PaymentRefusedException($"There is no account {account}.");
        if (bank.CheckMilliseconds > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(bank.CheckMilliseconds), clock, cancellationToken);

        var paid = await context.Accounts
            .Where(row => row.Name == account && row.Balance >= amount)
            .ExecuteUpdateAsync(row => row.SetProperty(it => it.Balance, it => it.Balance - amount), cancellationToken);
        if (paid == 0)
            throw new PaymentRefusedException($"Account {account} holds less than {amount}.");
        context.Payments.Add(new Payment(order, account, amount));
        await context.SaveChangesAsync(cancellationToken);
    }
}
