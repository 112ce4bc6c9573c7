namespace Fat.Bench.Service;

/// <summary>Each service commits by itself.</summary>
internal static class NaiveEndpoints
{
    public static void MapNaive(this IEndpointRouteBuilder app)
    {
        app.MapPost("/groups", async (NewGroup wanted, ILedger ledger, LedgerContext context, ChildServices children, CancellationToken cancellationToken) =>
        {
            for (var call = 0; call < wanted.Children; call++)
                await children.PostAsync(children.ServiceOf(call), "parts", new NewPart(wanted.Account + call), cancellationToken);
            return await WriteAsync(wanted.Account, ledger, context, cancellationToken);
        });
        app.MapPost("/parts", (NewPart wanted, ILedger ledger, LedgerContext context, CancellationToken cancellationToken) =>
            WriteAsync(wanted.Account, ledger, context, cancellationToken));
    }

    private static async Task<Written> WriteAsync(int account, ILedger ledger, LedgerContext context, CancellationToken cancellationToken)
    {
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var written = await ledger.WriteAsync(account, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return written;
    }
}
