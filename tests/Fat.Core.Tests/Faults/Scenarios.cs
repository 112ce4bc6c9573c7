using Fat.Faults;
using Fat.Shop;

namespace Fat.Core.Tests.Faults;

/// <summary>The scenario of each row.</summary>
internal static class Scenarios
{
    public const string Orders = "orders";
    public const string Stock = "stock";
    public const string Accounts = "accounts";

    /// <summary>A service without a database.</summary>
    public const string Desk = "desk";

    /// <summary>Services that hold transactions open.</summary>
    public const string Vault = "vault";
    public const string Cellar = "cellar";

    public static Scenario Of(MatrixRow row)
    {
        var scenario = Common(row.Side, RootOf(row), ChildOf(row));
        var errand = scenario.Errand;
        return row.Point switch
        {
            FaultPoint.Register => scenario with { Errand = Gate(errand, row.Side) },
            FaultPoint.OpenIncident or FaultPoint.Replay => scenario with { Errand = TwoRows(errand, row.Side), First = FirstFault.HeldBranchDied },
            FaultPoint.Prepare or FaultPoint.CommitPrepared or FaultPoint.Journal or FaultPoint.CommitHeld or FaultPoint.Unjournal => scenario with { Errand = TwoRows(errand, row.Side) },
            FaultPoint.Acknowledge => scenario with { Errand = TwoRows(errand, row.Side), Forgets = true },
            FaultPoint.Vote => scenario with { Errand = errand with { Gated = true }, Behind = Deed.Pass },
            FaultPoint.Seal => scenario with { Errand = errand with { Gated = true }, Behind = Deed.Pass, Opens = Opening.AtOnce },
            FaultPoint.AskAbort => scenario with { Errand = errand with { Gated = true }, Behind = Deed.Throw },
            FaultPoint.Decide when row.Struck == "root, alone" => scenario with { Errand = errand with { Calls = [] } },
            FaultPoint.Decide when row.Struck == "root, without a branch" => scenario with { Errand = errand with { Rows = 0 } },
            FaultPoint.DecideInRegistry => scenario with { Errand = errand with { Rows = 0 } },
            FaultPoint.Publish when row.Struck == "root, rolling back" => scenario with { Errand = errand with { Fails = true } },
            FaultPoint.Receive when row.Side != "child" =>
                scenario with { Errand = errand with { Gated = true }, Behind = Deed.Pass, Opens = Opening.BeforeTheVote },
            FaultPoint.RollBackPrepared when row.Side == "child" => scenario with { Errand = errand with { Fails = true } },
            FaultPoint.RollBackPrepared => scenario with { Errand = errand with { Fails = true, Rows = 2, Gated = true }, Opens = Opening.WhenPrepared },
            FaultPoint.AskResolve when row.Side == "child" => scenario with { Errand = errand with { Gated = true } },
            FaultPoint.AskResolve => scenario with { Errand = errand with { Rows = 2 }, First = FirstFault.RootDied },
            FaultPoint.TakeResolve => scenario with { First = FirstFault.RootDied },
            FaultPoint.Resolve when row.Struck == "root, that did not hear" => scenario with { First = FirstFault.DecisionUnheard },
            FaultPoint.Resolve => scenario with { First = FirstFault.RootDied },
            FaultPoint.Index => scenario with { Errand = errand with { Gated = true }, Indexes = true },
            FaultPoint.Unindex => scenario with { Errand = errand with { Gated = true }, Opens = Opening.WhenIndexed, Indexes = true },
            FaultPoint.Heartbeat => scenario with { Errand = errand with { Gated = true }, Armed = Moment.AtGate },
            FaultPoint.Forget => scenario with { Armed = Moment.Told, Forgets = true },
            _ => scenario,
        };
    }

    /// <summary>A root with a branch, a child that answers prepared and one that answers early.</summary>
    private static Scenario Common(string side, string root, string child)
    {
        var prepared = child == Accounts ? Stock : child;
        return new Scenario
        {
            Root = root,
            Struck = side switch { "root" => [root], "child" => [child], _ => [root, child] },
            Errand = new Errand(0, 1, false, false, [new Call(prepared, false, OneRow), new Call(Accounts, true, OneRow)]),
        };
    }

    private static Errand OneRow { get; } = new(0, 1, false, false, []);

    private static string RootOf(MatrixRow row) => row.Point switch
    {
        FaultPoint.DecideInRegistry => Desk,
        _ when IsOfHeld(row.Point) && row.Side != "child" => Vault,
        _ => Orders,
    };

    private static string ChildOf(MatrixRow row) => row.Point switch
    {
        FaultPoint.Vote or FaultPoint.AskAbort => Accounts,
        _ when IsOfHeld(row.Point) && row.Side != "root" => Cellar,
        _ => Stock,
    };

    private static bool IsOfHeld(FaultPoint point) =>
        point is FaultPoint.Journal or FaultPoint.CommitHeld or FaultPoint.Unjournal or FaultPoint.OpenIncident or FaultPoint.Replay;

    /// <summary>The root's first branch carries the decision, the second one votes as a child's does.</summary>
    private static Errand TwoRows(Errand errand, string side) => side == "child" ? errand : errand with { Rows = 2 };

    /// <summary>Nobody who is struck is over before that.</summary>
    private static Errand Gate(Errand errand, string side) => errand with
    {
        Gated = side != "child",
        Calls = side == "root" ? errand.Calls : [errand.Calls[0] with { Errand = errand.Calls[0].Errand with { Gated = true } }, .. errand.Calls.Skip(1)],
    };
}
