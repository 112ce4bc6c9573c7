using Fat;
using Microsoft.EntityFrameworkCore;

namespace Accounts;

public static class AccountEndpoints
{
    public static void MapAccounts(this IEndpointRouteBuilder app)
    {
        app.MapPost("/payments", PayAsync);
        app.MapPut("/accounts/{name}", OpenAsync);
        app.MapGet("/accounts", ListAsync);
    }

    // Called by another service in its group, this is a child; called on its own, it is the root of a group of one.
    [FatServiceRegister(ServiceCount = 0, LocalTransactionCount = 1)]
    private static Task PayAsync(Payment payment, IAccountService accounts, CancellationToken cancellationToken) =>
        accounts.PayAsync(payment.Order, payment.Account, payment.Amount, cancellationToken);

    // No scope, no group: the [FatTransaction] method behind this is an ordinary local transaction.
    private static Task OpenAsync(string name, AccountTerms terms, IAccountService accounts, CancellationToken cancellationToken) =>
        accounts.OpenAsync(name, terms, cancellationToken);

    private static Task<List<Account>> ListAsync(AccountsContext context, CancellationToken cancellationToken) =>
        context.Accounts.OrderBy(account => account.Name).ToListAsync(cancellationToken);
}
