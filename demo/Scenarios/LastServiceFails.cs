using Demo.Shop;

namespace Demo.Scenarios;

internal sealed class LastServiceFails : Scenario
{
    public override int Number => 2;

    public override string Title => "The last service fails";

    public override string Story => "Stock has reserved and voted; Accounts finds too little money. Stock's vote is undone.";

    public override async Task PrepareAsync(ShopClient shop, CancellationToken cancellationToken)
    {
        await base.PrepareAsync(shop, cancellationToken);
        await shop.OpenAsync("ada", balance: 5, check: TimeSpan.Zero, cancellationToken);
    }

    public override async Task<Change> ActAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var answer = await run.PlaceAsync("orders", NewOrder.Ordinary(), cancellationToken);
        run.Expect(answer.IsRolledBackBy("Accounts"), "409 because of Accounts");
        return Change.None;
    }
}
