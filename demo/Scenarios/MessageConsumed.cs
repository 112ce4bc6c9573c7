using Demo.Shop;

namespace Demo.Scenarios;

internal sealed class MessageConsumed : Scenario
{
    public override int Number => 11;

    public override string Title => "A message is consumed";

    public override string Story => "Orders writes the order and publishes it, in one local transaction; Stock and Accounts subscribe. A second request of the same number is refused.";

    public override async Task<Change> ActAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var order = NewLater.Ordinary();
        var answer = await run.PlaceAsync("orders/published?result=success", order, cancellationToken);
        run.Expect(answer.IsCommitted, "200");
        var message = await run.MessageAsync(order.Number, MessageState.Consumed, cancellationToken);
        run.Expect(message.Branches.Count == 2, "a branch for each of two groups of subscribers");
        var again = await run.PlaceAsync("orders/published?result=success", order, cancellationToken);
        run.Expect(again.IsRolledBack, "409 for the second one");
        return Change.OneOrder(pieces: 3, price: 30);
    }
}
