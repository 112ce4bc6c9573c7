using Fat;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Orders;

public sealed class OrderService(OrdersContext context) : IOrderService
{
    [FatTransaction(WaitResultMilliseconds = 3000, WaitCommitMilliseconds = 3000)]
    public async Task<Order> AddAsync(Guid number, string account, decimal price, CancellationToken cancellationToken)
    {
        var order = context.Orders.Add(new Order { Number = number, Account = account, Price = price }).Entity;
        try
        {
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException failure) when (failure.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            throw new OrderRefusedException($"There is an order {number} already.", failure);
        }

        return order;
    }
}
