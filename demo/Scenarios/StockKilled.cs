using Demo.Shop;

namespace Demo.Scenarios;

internal sealed class StockKilled : Scenario
{
    public override int Number => 8;

    public override string Title => "Stock is killed after its vote";

    public override string Story => "Stock dies (SIGKILL) between its vote and the decision. Orders commits; Stock, started again, finishes by itself.";

    public override async Task<Change> ActAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var stock = run.Stage.Stock;
        async Task KillAsync()
        {
            await stock.KillAsync(cancellationToken);
            run.Say($"killed Stock, process {stock.ProcessId}");
        }

        var answer = await run.PlaceGatedAsync(NewOrder.Ordinary(), KillAsync, cancellationToken);
        run.Expect(answer.IsCommitted, "200, although Stock is dead: it has voted");

        var prepared = await run.Stage.Databases.ReadPreparedAsync(cancellationToken);
        var books = await run.Stage.Databases.ReadAsync(cancellationToken);
        run.Say($"while Stock is dead: {prepared}, {books.Orders.Count} order, {books.Reservations.Count} reservations visible");
        run.Expect(prepared.Stock == 1 && books.Reservations.Count == 0, "Stock's part waits, prepared, in its database");

        await stock.StartAsync(cancellationToken);
        run.Say($"started Stock again, process {stock.ProcessId}");
        return Change.OneOrder(pieces: 3, price: 30);
    }
}
