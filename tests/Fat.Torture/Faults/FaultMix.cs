using Fat.Coordination;

namespace Fat.Torture.Faults;

/// <summary>How often each kind of fault is drawn. With a rule switched off, those that reveal its absence are the most.</summary>
internal static class FaultMix
{
    private static readonly Dictionary<FaultKind, int> Everything = new()
    {
        [FaultKind.KillService] = 14,
        [FaultKind.StopService] = 6,
        [FaultKind.KillRedis] = 5,
        [FaultKind.KillRedisAndData] = 5,
        [FaultKind.FlushRedis] = 12,
        [FaultKind.PromoteStaleReplica] = 5,
        [FaultKind.StopPostgres] = 5,
        [FaultKind.DelayLink] = 12,
        [FaultKind.CutLink] = 12,
        [FaultKind.DropReplies] = 10,
        [FaultKind.HoldLink] = 6,
        [FaultKind.DuplicateRequests] = 8,
        [FaultKind.ReorderRequests] = 6,
    };

    public static IReadOnlyDictionary<FaultKind, int> For(BrokenRules broken) => broken switch
    {
        // A write that the registry loses between a reply and the root's look: votes of the first child are gone, the second's are there.
        BrokenRules.KnownSet => new Dictionary<FaultKind, int> { [FaultKind.FlushRedis] = 8, [FaultKind.DelayLink] = 2, [FaultKind.KillRedisAndData] = 1 },

        // A resolver that asks while the row is not there yet: roots that sleep longer than they seem alive, and registries that forget.
        BrokenRules.Barrier => new Dictionary<FaultKind, int> { [FaultKind.StopService] = 4, [FaultKind.KillService] = 2, [FaultKind.FlushRedis] = 2, [FaultKind.HoldLink] = 2 },

        // A record that is gone while branches wait.
        BrokenRules.TrustRegistry => new Dictionary<FaultKind, int> { [FaultKind.FlushRedis] = 6, [FaultKind.DelayLink] = 2, [FaultKind.KillRedisAndData] = 2, [FaultKind.ReorderRequests] = 2 },

        // Branches that wait for longer than WaitCommit for a group that commits in the end.
        BrokenRules.Unvote => new Dictionary<FaultKind, int> { [FaultKind.StopService] = 4, [FaultKind.KillRedis] = 2, [FaultKind.HoldLink] = 4 },
        _ => Everything,
    };
}
