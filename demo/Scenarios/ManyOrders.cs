using System.Collections.Concurrent;
using Demo.Shop;

namespace Demo.Scenarios;

internal sealed class ManyOrders : Scenario
{
    private const int Orders = 1_000;
    private const int AtOnce = 32;
    private const int Items = 100;
    private const int Buyers = 100;
    private const int MostUnlucky = Orders / 20;
    private const int ProgressStep = 10;
    private const int LastingStep = 250;

    private static readonly Guid TakenNumber = Guid.NewGuid();

    public override int Number => 10;

    public override string Title => "1,000 concurrent orders with random failures";

    public override string Story => $"{AtOnce} at once; one in four fails in Stock, in Accounts or in Orders. The books must agree with the answers to the cent.";

    public override async Task PrepareAsync(ShopClient shop, CancellationToken cancellationToken)
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, Items), cancellationToken, async (item, token) =>
            await shop.FillAsync($"item-{item}", quantity: 10_000, price: 1 + item, token));
        await Parallel.ForEachAsync(Enumerable.Range(0, Buyers), cancellationToken, async (buyer, token) =>
            await shop.OpenAsync($"buyer-{buyer}", balance: 100_000, check: TimeSpan.Zero, token));
        await shop.OpenAsync("pauper", balance: 0, check: TimeSpan.Zero, cancellationToken);
        await shop.PlaceAsync("orders", new NewOrder(TakenNumber, "item-0", 1, "buyer-0"), cancellationToken);
    }

    public override async Task<Change> ActAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var answered = new ConcurrentBag<(RandomOrder Order, Answer Answer)>();
        var done = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(RandomOrder.Draw(Orders, Items, Buyers, TakenNumber), parallel, async (order, token) =>
        {
            answered.Add((order, await run.Shop.PlaceAsync("orders", order.Order, token)));
            var count = Interlocked.Increment(ref done);
            if (count % ProgressStep == 0)
                run.Progress($"{count} of {Orders} orders answered", lasting: count % LastingStep == 0);
        });

        return Judge(run, [.. answered]);
    }

    private static Change Judge(ScenarioRun run, IReadOnlyList<(RandomOrder Order, Answer Answer)> answered)
    {
        var committed = answered.Where(each => each.Answer.IsCommitted).ToList();
        var rolledBack = answered.Where(each => each.Answer.IsRolledBack).ToList();
        var times = answered.Select(each => each.Answer.Took.TotalMilliseconds).Order().ToList();
        run.Say($"{committed.Count} answered 200, {rolledBack.Count} answered 409; half within {times[times.Count / 2]:0} ms, the slowest {times[^1]:0} ms");
        run.Expect(committed.Count + rolledBack.Count == Orders, "200 or 409 for each order");
        run.Expect(committed.All(each => each.Order.IsSound), "no 200 for an order that cannot be");

        // On a busy machine a branch may wait too long for a row; that order is rolled back like any other.
        var unlucky = rolledBack.Where(each => each.Order.IsSound).ToList();
        if (unlucky.Count > 0)
            run.Say($"{unlucky.Count} sound orders were among the 409, the first because of {unlucky[0].Answer.Problem}");
        run.Expect(unlucky.Count <= MostUnlucky, $"no more than {MostUnlucky} sound orders rolled back");

        var worth = committed.Sum(each => each.Order.Price);
        return new Change(
            new Total(committed.Count, worth),
            new Total(committed.Count, committed.Sum(each => each.Order.Order.Quantity)),
            new Total(committed.Count, worth));
    }
}
