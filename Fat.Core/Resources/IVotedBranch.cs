using Fat.Protocol;

namespace Fat.Resources;

/// <summary>A branch that can commit at any later time, and obeys only the decision (rule S3).</summary>
internal interface IVotedBranch
{
    /// <summary>Where it is.</summary>
    FatName Database { get; }

    /// <summary>Whether it survives the process.</summary>
    bool IsDurable { get; }

    /// <summary>Whether <see cref="FinishAsync"/> can be repeated after a failure: the branch, or what became of it, is found again.</summary>
    bool IsFoundAgain { get; }

    /// <summary>
    /// Obeys the decision. When it throws, a branch that is found again is still in doubt and this can be repeated; another is lost
    /// if the decision was to commit.
    /// </summary>
    Task FinishAsync(Decision decision);

    /// <summary>After <see cref="FinishAsync"/>: whether it is known to have obeyed. If not it may be an incident.</summary>
    bool HasObeyed { get; }
}
