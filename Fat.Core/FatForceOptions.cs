using System.Collections.Immutable;

namespace Fat;

/// <summary>What an operator who forces a decision knows, and Fat cannot know. Each is a word that the operator answers for.</summary>
public sealed record FatForceOptions
{
    /// <summary>
    /// The root's service and its decision database are gone for good. The decision is then written into this service's own database and
    /// agreed through the registry. Nothing fences a root that still lives on the other database after all: it may decide otherwise.
    /// Default: false, and refused where this process reaches the decision database.
    /// </summary>
    public bool DecisionDatabaseIsGone { get; init; }

    /// <summary>
    /// The root itself wrote nothing in its decision database, so nothing is missing from a commit without it. What it did write there is
    /// rolled back. Needed to force a commit where the decision database is not gone. Default: false.
    /// </summary>
    public bool RootWroteNothing { get; init; }

    /// <summary>
    /// The branches that a forced commit commits; every other branch of the group rolls back. Default: empty, and those of the registry's
    /// record are taken if it is certain to be complete. Lists of branches in doubt have the names of those that are prepared; those of held ones are in event 707, in
    /// what handlers and the webhook are told, and in the journal.
    /// </summary>
    public ImmutableArray<FatBranchName> Branches { get; init; } = [];

    /// <summary>
    /// The database of this service that holds the decision, of a group that nobody here knows: neither the registry, nor a prepared
    /// branch. Default: null, and such a group is refused.
    /// </summary>
    public string? DecisionDatabase { get; init; }
}
