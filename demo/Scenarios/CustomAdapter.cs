using Demo.Shop;

namespace Demo.Scenarios;

internal sealed class CustomAdapter : Scenario
{
    public override int Number => 7;

    public override string Title => "A custom adapter";

    public override string Story => "Orders calls Stock over HTTP and Accounts over a transport of its own: JSON in frames over TCP.";

    public override async Task<Change> ActAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var paid = await run.PlaceAsync("orders/wired", NewOrder.Ordinary(), cancellationToken);
        run.Expect(paid.IsCommitted, "200 while there is money");
        var unpaid = await run.PlaceAsync("orders/wired", NewOrder.Ordinary() with { Quantity = 90 }, cancellationToken);
        run.Expect(unpaid.IsRolledBackBy("Accounts"), "409 because of Accounts when the money does not suffice");
        return Change.OneOrder(pieces: 3, price: 30);
    }
}
