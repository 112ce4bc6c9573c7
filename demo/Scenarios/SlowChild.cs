using Demo.Shop;

namespace Demo.Scenarios;

internal sealed class SlowChild : Scenario
{
    private static readonly TimeSpan BankChecks = TimeSpan.FromSeconds(25);

    public override int Number => 4;

    public override string Title => "A slow child times out";

    public override string Story => "Ada's bank checks for 25 s, but the method in Accounts says WaitResultMilliseconds = 3000.";

    public override async Task PrepareAsync(ShopClient shop, CancellationToken cancellationToken)
    {
        await base.PrepareAsync(shop, cancellationToken);
        await shop.OpenAsync("ada", balance: 500, check: BankChecks, cancellationToken);
    }

    public override async Task<Change> ActAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var answer = await run.PlaceAsync("orders", NewOrder.Ordinary(), cancellationToken);
        run.Expect(answer.IsRolledBackBy("Accounts"), "409 because of Accounts");
        run.Expect(answer.Took < BankChecks / 2, "an answer long before the bank is done");
        return Change.None;
    }
}
