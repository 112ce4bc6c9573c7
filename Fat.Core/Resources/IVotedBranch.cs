using Fat.Protocol;

namespace Fat.Resources;

/// <summary>A branch that can commit at any later time, and obeys only the decision (rule S3).</summary>
internal interface IVotedBranch
{
    /// <summary>Whether it survives the process.</summary>
    bool IsDurable { get; }

    /// <summary>
    /// Obeys the decision. When it throws, a durable branch is still in doubt and this can be repeated; a held one is lost
    /// if the decision was to commit.
    /// </summary>
    Task FinishAsync(Decision decision);
}
