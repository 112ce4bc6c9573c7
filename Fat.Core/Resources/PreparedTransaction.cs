using Fat.Protocol;

namespace Fat.Resources;

/// <summary>A durable branch: the server keeps it, no connection is held.</summary>
internal sealed class PreparedTransaction(PreparedTransactions prepared, PreparedName name) : IVotedBranch
{
    public FatName Database => prepared.DatabaseName;

    public bool IsDurable => true;

    public bool IsFoundAgain => true;

    /// <summary>Nobody but recovery finishes it otherwise, with the same decision.</summary>
    public bool HasObeyed => true;

    public Task FinishAsync(Decision decision) => prepared.FinishAsync(name, decision);
}
