using Demo.Shop;

namespace Demo.Scenarios;

internal sealed class RegistryEmptied : Scenario
{
    public override int Number => 9;

    public override string Title => "The registry is emptied after the votes";

    public override string Story => "FLUSHALL between the votes and the decision: the votes came with the answers, and the decision is a row in a database.";

    public override async Task<Change> ActAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        async Task EmptyAsync() => run.Say(await run.Stage.Registry.EmptyAsync(cancellationToken));

        var answer = await run.PlaceGatedAsync(NewOrder.Ordinary(), EmptyAsync, cancellationToken);
        run.Expect(answer.IsCommitted, "200, although the registry has forgotten everything");
        return Change.OneOrder(pieces: 3, price: 30);
    }
}
