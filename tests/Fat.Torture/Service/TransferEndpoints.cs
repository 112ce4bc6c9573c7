using Fat.Coordination;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Fat.Torture.Service;

/// <summary>The scopes of an instance, and what the nemesis asks of it.</summary>
internal static class TransferEndpoints
{
    public static void MapTransfers(this IEndpointRouteBuilder app)
    {
        app.MapPost("/transfers", BeginAsync);
        app.MapPost("/steps/prepared", PreparedAsync);
        app.MapPost("/steps/early", EarlyAsync);
        app.MapGet("/unfinished", (Participant participant) => participant.Waiting.Count + participant.Scopes.Count);
        app.MapPost("/operator/replay", ReplayAsync);
        app.MapPost("/nemesis/duplicate/{milliseconds:int}", (int milliseconds, Disturbance disturbance) => disturbance.Duplicate(milliseconds));
        app.MapPost("/nemesis/reorder/{milliseconds:int}", (int milliseconds, Disturbance disturbance) => disturbance.Reorder(milliseconds));
    }

    /// <summary>An operator does not wait for the pauses between attempts.</summary>
    private static async Task ReplayAsync(IFatAdmin admin, CancellationToken cancellationToken)
    {
        foreach (var incident in (await admin.ListIncidentsAsync(cancellationToken: cancellationToken)).Items)
        {
            try
            {
                await admin.ReplayIncidentAsync(incident.Gid, incident.Branch, incident.Version, "torture", "everything is healed", cancellationToken: cancellationToken);
            }
            catch (FatIncidentRefusedException)
            {
                // It is being replayed, or was.
            }
        }
    }

    [FatServiceRegister]
    private static async Task<Transferred> BeginAsync(Step step, ILedger ledger, Peers peers, CancellationToken cancellationToken)
    {
        await WorkAsync(step, ledger, peers, cancellationToken);
        return new Transferred(FatContext.Current!.Gid);
    }

    [FatServiceRegister(Answer = FatAnswer.Prepared)]
    private static Task PreparedAsync(Step step, ILedger ledger, Peers peers, CancellationToken cancellationToken) =>
        WorkAsync(step, ledger, peers, cancellationToken);

    [FatServiceRegister(Answer = FatAnswer.Early)]
    private static Task EarlyAsync(Step step, ILedger ledger, Peers peers, CancellationToken cancellationToken) =>
        WorkAsync(step, ledger, peers, cancellationToken);

    private static async Task WorkAsync(Step step, ILedger ledger, Peers peers, CancellationToken cancellationToken)
    {
        if (!step.EntersLast)
            await EnterAsync(step, ledger, cancellationToken);
        if (step.Together)
        {
            await Task.WhenAll(step.Calls.Select(call => peers.CallAsync(call, cancellationToken)));
        }
        else
        {
            foreach (var call in step.Calls)
                await peers.CallAsync(call, cancellationToken);
        }

        if (step.EntersLast)
            await EnterAsync(step, ledger, cancellationToken);
        if (step.Fails)
            throw new InvalidOperationException("This step was to fail.");
    }

    private static Task EnterAsync(Step step, ILedger ledger, CancellationToken cancellationToken) => step switch
    {
        { Account: null } => Task.CompletedTask,
        { Held: true, Account: { } account } => ledger.EnterHeldAsync(step.Op, step.Leg, account, step.Amount, step.Publishes, cancellationToken),
        { Joins: true, Account: { } account } => ledger.EnterJoinedAsync(step.Op, step.Leg, account, step.Amount, step.Publishes, cancellationToken),
        { Account: { } account } => ledger.EnterAsync(step.Op, step.Leg, account, step.Amount, step.Publishes, cancellationToken),
    };

    private sealed record Transferred(string Gid);
}
