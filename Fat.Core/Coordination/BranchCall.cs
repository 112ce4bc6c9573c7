using System.Data;
using Fat.Resources;

namespace Fat.Coordination;

/// <summary>One call of a <c>[FatTransaction]</c> method.</summary>
/// <param name="Method">The method, for people.</param>
/// <param name="Database">The database, or null for the default.</param>
/// <param name="Isolation">The isolation level.</param>
/// <param name="ReadOnly">The method only reads.</param>
/// <param name="WaitResult">How long the caller waits for the result; null for the default.</param>
/// <param name="WaitCommit">How long the branch waits for the decision before it asks; null for the default.</param>
/// <param name="Join">Whether it works in the transaction of other calls of its group.</param>
/// <param name="Services">The DI scope of the called service.</param>
/// <param name="Body">The method itself, given the token that replaces its own.</param>
internal sealed record BranchCall(
    string Method,
    string? Database,
    IsolationLevel Isolation,
    bool ReadOnly,
    TimeSpan? WaitResult,
    TimeSpan? WaitCommit,
    FatJoin Join,
    IServiceProvider Services,
    Func<CancellationToken, Task<object?>> Body)
{
    /// <summary>What a journal keeps of the call, whose arguments may have so many bytes; null for one that nobody could make again.</summary>
    public Func<int, JournalledCall>? Describe { get; init; }
}
