namespace Demo.Shop;

/// <summary>What the three databases hold.</summary>
/// <param name="Orders">In orders: the orders, and their price.</param>
/// <param name="Items">In stock: the pieces of each item.</param>
/// <param name="Reservations">In stock: the reservations, and their pieces.</param>
/// <param name="Balances">In accounts: the balance of each account.</param>
/// <param name="Payments">In accounts: the payments, and their amount.</param>
internal sealed record Books(
    Total Orders,
    IReadOnlyDictionary<string, decimal> Items,
    Total Reservations,
    IReadOnlyDictionary<string, decimal> Balances,
    Total Payments)
{
    public Change ChangeTo(Books after) =>
        new(after.Orders - Orders, after.Reservations - Reservations, after.Payments - Payments);

    /// <summary>Whether nothing appeared or vanished: pieces are in stock or reserved, money is in accounts or paid.</summary>
    public bool HoldsAsMuchAs(Books other) =>
        Items.Values.Sum() + Reservations.Sum == other.Items.Values.Sum() + other.Reservations.Sum
        && Balances.Values.Sum() + Payments.Sum == other.Balances.Values.Sum() + other.Payments.Sum;
}
