using Fat;
using Microsoft.EntityFrameworkCore;

namespace Accounts;

public static class AccountEndpoints
{
    public static void MapAccounts(this IEndpointRouteBuilder app)
    {
        app.MapPost("/payments", PayAsync);
        app.MapPost("/branches/payments", CalledAsync);
        app.MapPut("/accounts/{name}", OpenAsync);
        app.MapGet("/accounts", ListAsync);
    }

    // Called by another service in its group, this is a child; called on its own, it is the root of a group of one.
    [FatServiceRegister(ServiceCount = 0, LocalTransactionCount = 1)]
    private static Task PayAsync(Payment payment, IAccountService accounts, CancellationToken cancellationToken) =>
        accounts.PayAsync(payment.Order, payment.Account, payment.Amount, cancellationToken);

    /// <summary>A branch of a message, called until it succeeds; it takes effect once. 409 is what DTM's clients answer with FAILURE.</summary>
    private static async Task<IResult> CalledAsync(Ordered ordered, HttpContext http, AccountsContext context, Vault vault, CancellationToken cancellationToken)
    {
        try
        {
            await http.GetFatBarrier().CallAsync(context, _ => vault.PayAsync(ordered.Order, ordered.Account, ordered.Price, cancellationToken), cancellationToken);
            return Results.Text("SUCCESS");
        }
        catch (PaymentRefusedException refusal)
        {
            // Rolled back, the barrier's row as well: the next attempt begins anew.
            return Results.Text($"FAILURE: {refusal.Message}", statusCode: StatusCodes.Status409Conflict);
        }
    }

    // No scope, no group: the [FatTransaction] method behind this is an ordinary local transaction.
    private static Task OpenAsync(string name, AccountTerms terms, IAccountService accounts, CancellationToken cancellationToken) =>
        accounts.OpenAsync(name, terms, cancellationToken);

    private static Task<List<Account>> ListAsync(AccountsContext context, CancellationToken cancellationToken) =>
        context.Accounts.OrderBy(account => account.Name).ToListAsync(cancellationToken);
}
