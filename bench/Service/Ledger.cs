using Microsoft.EntityFrameworkCore;

namespace Fat.Bench.Service;

/// <summary>An update and an insert. The attribute does something only where Fat is added.</summary>
public sealed class Ledger(LedgerContext context) : ILedger
{
    [FatTransaction]
    public async Task<Written> WriteAsync(int account, CancellationToken cancellationToken)
    {
        await context.Balances
            .Where(row => row.Id == account)
            .ExecuteUpdateAsync(row => row.SetProperty(it => it.Balance, it => it.Balance + 1), cancellationToken);
        context.Entries.Add(new Entry { Account = account, Amount = 1 });
        await context.SaveChangesAsync(cancellationToken);
        return new Written(account);
    }
}
