using Demo.Shop;

namespace Demo.Scenarios;

internal sealed class MessageFailed : Scenario
{
    public override int Number => 13;

    public override string Title => "A consumer fails, and is retried by hand";

    public override string Story => "Ada has too little money: Accounts fails three times, and the message waits for an operator. Bob helps out, the operator says \"again\". Stock reserves once.";

    public override async Task PrepareAsync(ShopClient shop, CancellationToken cancellationToken)
    {
        await base.PrepareAsync(shop, cancellationToken);
        await shop.OpenAsync("ada", balance: 5, check: TimeSpan.Zero, cancellationToken);
        await shop.OpenAsync("bob", balance: 495, check: TimeSpan.Zero, cancellationToken);
    }

    public override async Task<Change> ActAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var order = NewLater.Ordinary();
        var answer = await run.PlaceAsync("orders/published?result=success", order, cancellationToken);
        run.Expect(answer.IsCommitted, "200: the order is taken");
        await run.MessageAsync(order.Number, message => message.Branches.Any(branch => branch is { Target: "ordered/stock", State: MessageBranchState.Consumed }), cancellationToken);
        var failed = await run.MessageAsync(order.Number, MessageState.Failed, cancellationToken);
        var accounts = failed.Branches.Single(branch => branch.Target == "ordered/accounts");
        run.Expect(
            accounts is { State: MessageBranchState.Failed, Attempts: 3 } && accounts.Reason?.Contains("holds less than", StringComparison.Ordinal) == true,
            "three attempts of Accounts, and their reason");

        await run.Shop.OpenAsync("bob", balance: 0, check: TimeSpan.Zero, cancellationToken);
        await run.Shop.OpenAsync("ada", balance: 500, check: TimeSpan.Zero, cancellationToken);
        run.Say($"Bob has given Ada his money; retry now: {await run.Shop.RetryMessageAsync(order.Number, cancellationToken)} branch is due");
        await run.MessageAsync(order.Number, MessageState.Consumed, cancellationToken);
        return Change.OneOrder(pieces: 3, price: 30);
    }
}
