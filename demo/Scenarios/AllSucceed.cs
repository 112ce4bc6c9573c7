using Demo.Shop;

namespace Demo.Scenarios;

internal sealed class AllSucceed : Scenario
{
    public override int Number => 1;

    public override string Title => "All succeed";

    public override string Story => "Orders calls Stock, then Accounts, then writes the order. All three commit.";

    public override async Task<Change> ActAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var answer = await run.PlaceAsync("orders", NewOrder.Ordinary(), cancellationToken);
        run.Expect(answer.IsCommitted, "200");
        return Change.OneOrder(pieces: 3, price: 30);
    }
}
