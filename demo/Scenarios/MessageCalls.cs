using Demo.Shop;

namespace Demo.Scenarios;

internal sealed class MessageCalls : Scenario
{
    public override int Number => 14;

    public override string Title => "A message's calls, as in DTM's tutorial";

    public override string Story => "Orders writes the order; behind its commit the message calls Stock and then Accounts. Each leaves a row in its barrier table.";

    public override async Task<Change> ActAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var order = NewLater.Ordinary();
        var answer = await run.PlaceAsync("orders/called?result=success", order, cancellationToken);
        run.Expect(answer.IsCommitted, "200");
        await run.MessageAsync(order.Number, MessageState.Consumed, cancellationToken);
        var rows = await run.Stage.Databases.ReadBarriersAsync(order.Number.ToString(), cancellationToken);
        run.Say($"barrier rows: {string.Join(", ", rows)}");
        run.Expect(
            rows.Count == 3 && rows[0].StartsWith("orders (00, msg, 01, ", StringComparison.Ordinal) && rows[1] == "stock (01, action, 01, action)" && rows[2] == "accounts (02, action, 01, action)",
            "DTM's rows of the message and of its two branches");
        return Change.OneOrder(pieces: 3, price: 30);
    }
}
