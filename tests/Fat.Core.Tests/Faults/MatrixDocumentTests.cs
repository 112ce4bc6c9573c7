using Fat.Faults;

namespace Fat.Core.Tests.Faults;

/// <summary>The document leaves nothing out.</summary>
public sealed class MatrixDocumentTests
{
    private static readonly string[] Sides = ["root", "child", "both"];

    /// <summary>What cannot be struck, because only the other side does it.</summary>
    private static readonly (string Sides, FaultPoint[] Points)[] Unreachable =
    [
        ("root", [FaultPoint.Vote, FaultPoint.Answer, FaultPoint.AskAbort]),
        (
            "child",
            [
                FaultPoint.Seal, FaultPoint.Decide, FaultPoint.DecideInRegistry, FaultPoint.Publish, FaultPoint.TakeResolve, FaultPoint.Resolve,
                FaultPoint.Index, FaultPoint.Unindex, FaultPoint.Forget,
            ]),
    ];

    [Fact]
    public void Every_fault_point_has_a_row_for_everyone_who_can_be_struck_there()
    {
        var expected = Enum.GetValues<FaultPoint>().Where(point => point < FaultPoint.PrepareMessage).SelectMany(point => Sides.Where(side => CanBeStruck(point, side)).Select(side => (point, side)));
        var rows = MatrixDocument.Rows.Select(row => (row.Point, row.Side));

        Assert.Equal(expected.Order(), rows.Distinct().Order());
    }

    [Fact]
    public void Every_row_stands_there_once() => Assert.Distinct(MatrixDocument.Rows.Select(row => (row.Point, row.Struck)));

    [Fact]
    public void A_dash_stands_only_where_nothing_is_sent()
    {
        var dashes = MatrixDocument.Rows.SelectMany(row => row.Outcomes.Where(outcome => outcome.Value == MatrixDocument.Impossible).Select(outcome => (row.Point, outcome.Key.Column)));

        Assert.All(dashes, dash => Assert.True(
            dash.Point is FaultPoint.Receive or FaultPoint.TakeResolve && dash.Column is "thrown" or "killed before", $"{dash} has no outcome"));
    }

    private static bool CanBeStruck(FaultPoint point, string side) =>
        Unreachable.All(one => !one.Points.Contains(point) || (side != one.Sides && side != "both"));
}
