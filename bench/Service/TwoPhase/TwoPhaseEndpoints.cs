namespace Fat.Bench.Service.TwoPhase;

internal static class TwoPhaseEndpoints
{
    public static void MapTwoPhase(this IEndpointRouteBuilder app, bool behind)
    {
        app.MapPost("/groups", (NewGroup wanted, TwoPhaseRoot root, CancellationToken cancellationToken) =>
            root.RunAsync(wanted, behind, cancellationToken));
        app.MapPost("/prepare", (PrepareRequest wanted, TwoPhaseBranch branch, CancellationToken cancellationToken) =>
            branch.PrepareAsync(wanted, cancellationToken));
        app.MapPost("/commit", (FinishRequest wanted, TwoPhaseBranch branch, CancellationToken cancellationToken) =>
            branch.CommitAsync(wanted, cancellationToken));
        app.MapPost("/rollback", (FinishRequest wanted, TwoPhaseBranch branch, CancellationToken cancellationToken) =>
            branch.RollbackAsync(wanted, cancellationToken));
    }
}
