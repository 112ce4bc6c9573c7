using Demo.Shop;

namespace Demo.Scenarios;

internal sealed class MessageNotSent : Scenario
{
    public override int Number => 15;

    public override string Title => "The business throws, and nobody is called";

    public override string Story => "As before, but the local work fails: the message is cancelled, and no branch has left a row.";

    public override async Task<Change> ActAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var order = NewLater.Ordinary();
        var answer = await run.PlaceAsync("orders/called?result=failed", order, cancellationToken);
        run.Expect(answer.IsRolledBack, "409");
        var message = await run.MessageAsync(order.Number, MessageState.Cancelled, cancellationToken);
        run.Expect(message.Branches.All(branch => branch.State == MessageBranchState.Cancelled), "all its branches cancelled");
        run.Expect((await run.Stage.Databases.ReadBarriersAsync(order.Number.ToString(), cancellationToken)).Count == 0, "no row of it in any barrier table");
        return Change.None;
    }
}
