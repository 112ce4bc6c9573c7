using Demo.Shop;

namespace Demo.Scenarios;

internal sealed class ChainOfThree : Scenario
{
    public override int Number => 5;

    public override string Title => "A chain of three";

    public override string Story => "Orders calls Stock, and Stock calls Accounts: the votes travel back along the chain.";

    public override async Task<Change> ActAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var paid = await run.PlaceAsync("orders/delivered", NewOrder.Ordinary(), cancellationToken);
        run.Expect(paid.IsCommitted, "200 while there is money");
        var unpaid = await run.PlaceAsync("orders/delivered", NewOrder.Ordinary() with { Quantity = 90 }, cancellationToken);
        run.Expect(unpaid.IsRolledBackBy("Accounts"), "409 because of Accounts when the money does not suffice");
        return Change.OneOrder(pieces: 3, price: 30);
    }
}
