namespace Demo.Shop;

/// <summary>What became different in the books: the rows of each service, with what they add up to.</summary>
/// <param name="Orders">New orders, and their price.</param>
/// <param name="Reservations">New reservations, and their pieces.</param>
/// <param name="Payments">New payments, and their amount.</param>
internal sealed record Change(Total Orders, Total Reservations, Total Payments)
{
    public static readonly Change None = new(default, default, default);

    /// <summary>One order of so many pieces for so much, reserved and paid.</summary>
    public static Change OneOrder(int pieces, decimal price, int reservations = 1) =>
        new(new Total(1, price), new Total(reservations, pieces), new Total(1, price));

    public override string ToString() =>
        $"{Orders.Count} orders worth {Orders.Sum:0.00}, {Reservations.Count} reservations of {Reservations.Sum:0}, " +
        $"{Payments.Count} payments of {Payments.Sum:0.00}";
}
