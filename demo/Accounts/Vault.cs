using Microsoft.EntityFrameworkCore;

namespace Accounts;

/// <summary>Takes money from accounts, in whatever transaction the context is.</summary>
public sealed class Vault(AccountsContext context, TimeProvider clock)
{
    /// <exception cref="PaymentRefusedException">The account is unknown or holds less.</exception>
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
