using Demo.Shop;

namespace Demo.Scenarios;

/// <summary>An order drawn at random.</summary>
/// <param name="Order">The order.</param>
/// <param name="Price">What it costs.</param>
/// <param name="IsSound">Nothing speaks against it.</param>
internal sealed record RandomOrder(NewOrder Order, decimal Price, bool IsSound)
{
    public static IReadOnlyList<RandomOrder> Draw(int count, int items, int buyers, Guid takenNumber) =>
        [.. Enumerable.Range(0, count).Select(_ => Draw(items, buyers, takenNumber))];

    private static RandomOrder Draw(int items, int buyers, Guid takenNumber)
    {
        var item = Random.Shared.Next(items);
        var order = new NewOrder(Guid.NewGuid(), $"item-{item}", Random.Shared.Next(1, 6), $"buyer-{Random.Shared.Next(buyers)}");
        var flawed = Random.Shared.Next(12) switch
        {
            0 => order with { Item = "nothing" },
            1 => order with { Account = "pauper" },
            2 => order with { Number = takenNumber },
            _ => order,
        };
        return new RandomOrder(flawed, order.Quantity * (1m + item), IsSound: flawed == order);
    }
}
