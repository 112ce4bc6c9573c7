using Demo.Shop;

namespace Demo.Scenarios;

internal sealed class SameServiceTwice : Scenario
{
    public override int Number => 6;

    public override string Title => "The same service twice, on different rows";

    public override string Story => "Stock is called for tea and for jam: two transactions in one database, both or neither.";

    public override async Task PrepareAsync(ShopClient shop, CancellationToken cancellationToken)
    {
        await base.PrepareAsync(shop, cancellationToken);
        await shop.FillAsync("jam", quantity: 1, price: 5, cancellationToken);
    }

    public override async Task<Change> ActAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var both = await run.PlaceAsync("orders/pairs", Pair(), cancellationToken);
        run.Expect(both.IsCommitted, "200 while there is jam");
        var neither = await run.PlaceAsync("orders/pairs", Pair(), cancellationToken);
        run.Expect(neither.IsRolledBackBy("Stock"), "409 because of Stock when the jam is gone");
        return Change.OneOrder(pieces: 2, price: 15, reservations: 2);
    }

    private static NewPair Pair() => new(Guid.NewGuid(), "tea", "jam", "ada");
}
