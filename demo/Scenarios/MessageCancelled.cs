using Demo.Shop;

namespace Demo.Scenarios;

internal sealed class MessageCancelled : Scenario
{
    public override int Number => 12;

    public override string Title => "A message is cancelled";

    public override string Story => "The producer's local transaction fails behind its writes: nothing is delivered to anybody.";

    public override async Task<Change> ActAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var order = NewLater.Ordinary();
        var answer = await run.PlaceAsync("orders/published?result=failed", order, cancellationToken);
        run.Expect(answer.IsRolledBack, "409");
        var message = await run.MessageAsync(order.Number, MessageState.Cancelled, cancellationToken);
        run.Expect(message.Reason?.Contains("We are closed.", StringComparison.Ordinal) == true, "the reason of the rollback");
        run.Expect((await run.Stage.Databases.ReadBarriersAsync(order.Number.ToString(), cancellationToken)).Count == 0, "no row of it in any barrier table");
        return Change.None;
    }
}
