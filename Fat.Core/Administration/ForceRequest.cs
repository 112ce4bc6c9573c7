using System.Collections.Immutable;
using Fat.Protocol;

namespace Fat.Administration;

/// <summary>What an operator asks for, checked.</summary>
internal sealed record ForceRequest(
    GroupId Gid, Decision Decision, string By, string Reason, bool DatabaseIsGone, bool RootWroteNothing, ImmutableArray<(BranchId Id, FatName Service)> Branches, FatName? Database)
{
    /// <exception cref="ArgumentException">Something is missing, too long, or not what it should be.</exception>
    public static ForceRequest Of(string gid, FatDecision decision, string by, string reason, FatForceOptions options) => new(
        AdminArguments.Gid(gid),
        decision switch
        {
            FatDecision.Committed => Decision.Committed,
            FatDecision.RolledBack => Decision.RolledBack,
            _ => throw new ArgumentOutOfRangeException(nameof(decision), decision, "Force Committed or RolledBack."),
        },
        AdminArguments.By(by, nameof(by)),
        AdminArguments.Why(reason, nameof(reason)),
        options.DecisionDatabaseIsGone,
        options.RootWroteNothing,
        [.. (options.Branches.IsDefault ? [] : options.Branches).Select(Branch)],
        options.DecisionDatabase is { } database ? AdminArguments.Name(database, nameof(options)) : null);

    private static (BranchId Id, FatName Service) Branch(FatBranchName name) =>
        BranchId.TryParse(name.Branch, out var id) && FatName.TryParse(name.Service, out var service)
            ? (id, service)
            : throw new ArgumentException($"'{name.Branch}' of '{name.Service}' is not a branch of a service.", nameof(name));
}
