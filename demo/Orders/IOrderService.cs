namespace Orders;

public interface IOrderService
{
    /// <summary>Writes the order down.</summary>
    /// <exception cref="OrderRefusedException">There is an order of this number already.</exception>
    Task<Order> AddAsync(Guid number, string account, decimal price, CancellationToken cancellationToken);
}
