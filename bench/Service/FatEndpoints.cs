namespace Fat.Bench.Service;

/// <summary>The same as <see cref="NaiveEndpoints"/>, with the attribute instead of transactions.</summary>
internal static class FatEndpoints
{
    public static void MapFat(this IEndpointRouteBuilder app)
    {
        app.MapPost("/groups", [FatServiceRegister] async (NewGroup wanted, ILedger ledger, ChildServices children, CancellationToken cancellationToken) =>
        {
            for (var call = 0; call < wanted.Children; call++)
                await children.PostAsync(children.ServiceOf(call), "parts", new NewPart(wanted.Account + call), cancellationToken);
            return await ledger.WriteAsync(wanted.Account, cancellationToken);
        });
        app.MapPost("/parts", [FatServiceRegister] (NewPart wanted, ILedger ledger, CancellationToken cancellationToken) =>
            ledger.WriteAsync(wanted.Account, cancellationToken));

        // What the process still needs, for the benchmark of open groups.
        app.MapGet("/memory", () => GC.GetTotalMemory(forceFullCollection: true));
    }
}
