using Demo.Shop;

namespace Demo.Scenarios;

internal sealed class RootFails : Scenario
{
    public override int Number => 3;

    public override string Title => "The root fails after its children answered";

    public override string Story => "The same order a second time: Stock and Accounts have voted when Orders finds that its number is taken.";

    public override async Task<Change> ActAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var order = NewOrder.Ordinary();
        var first = await run.PlaceAsync("orders", order, cancellationToken);
        run.Expect(first.IsCommitted, "200 for the first");
        var second = await run.PlaceAsync("orders", order, cancellationToken);
        run.Expect(second.IsRolledBackBy("Orders"), "409 for the second, because of Orders");
        return Change.OneOrder(pieces: 3, price: 30);
    }
}
