using Fat.Core.Tests.Registry;
using Fat.Protocol;
using Fat.Registry;

namespace Fat.Core.Tests.Monitor;

/// <summary>Ended groups of three services, as long as such groups are told in an ordinary system.</summary>
internal static class PastLoad
{
    public const int BranchesOfEach = 3;

    private static readonly InstanceId Root = GroupSample.NewInstance("orders");

    private static readonly (InstanceId Instance, string Method)[] Processes =
        [(Root, "OrderService.PlaceAsync"), (GroupSample.NewInstance("stock"), "StockService.ReserveAsync"), (GroupSample.NewInstance("accounts"), "AccountService.DebitAsync")];

    public static FatName Service => Root.Service;

    /// <summary>A group that ended so long ago, every tenth rolled back, every hundredth in doubt.</summary>
    public static PastGroup Group(int number, DateTimeOffset ended)
    {
        var outcome = number % 100 == 50 ? PastOutcome.InDoubt : number % 10 == 0 ? PastOutcome.RolledBack : PastOutcome.Committed;
        var abort = outcome == PastOutcome.RolledBack ? AbortReason.Of("stock", "StockService.ReserveAsync", $"InvalidOperationException: Item {number % 200} is out of stock.") : null;
        var began = ended.AddMilliseconds(-15 - (number % 40));
        return new PastGroup(GroupId.New(began), Root, outcome, "POST /orders", began, ended, BranchesOfEach, abort);
    }

    public static IEnumerable<PastBranch> Branches(PastGroup group)
    {
        for (var number = 0; number < BranchesOfEach; number++)
        {
            var enlisted = group.Began.AddMicroseconds(1234 + (3456 * number));
            yield return new PastBranch(group.Gid, group.Root, ScopeId.New(GroupSample.Call($"{number}")).Branch(1), Processes[number].Instance)
            {
                Method = Processes[number].Method,
                Database = Processes[number].Instance.Service,
                Vote = Vote.Prepared,
                Decision = group.Outcome == PastOutcome.Committed ? Decision.Committed : Decision.RolledBack,
                Enlisted = enlisted,
                Voted = enlisted.AddMicroseconds(2987),
                Decided = group.Ended.AddMicroseconds(1023),
                Finished = group.Ended.AddMicroseconds(2345),
            };
        }
    }
}
