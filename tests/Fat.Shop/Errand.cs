namespace Fat.Shop;

/// <summary>What a service does for a request: enters its rows, each in a branch of its own, then calls others.</summary>
/// <param name="Id">The request.</param>
/// <param name="Rows">How many rows it enters.</param>
/// <param name="Gated">It waits at its gate when all that is done.</param>
/// <param name="Fails">It fails in the end.</param>
/// <param name="Calls">Whom it calls, one after the other.</param>
internal sealed record Errand(int Id, int Rows, bool Gated, bool Fails, IReadOnlyList<Call> Calls);

/// <summary>A call of another service.</summary>
internal sealed record Call(string Service, bool Early, Errand Errand);
