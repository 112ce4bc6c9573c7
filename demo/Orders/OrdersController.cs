using Fat;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Wire;

namespace Orders;

/// <summary>
/// Each action is the root of a group: when it returns, everything that it and the services it called have done is
/// committed, or none of it. The calls are made here and not in the [FatTransaction] method, which would hold its locks
/// all the while.
/// </summary>
[ApiController]
public sealed class OrdersController(IOrderService orders, StockClient stock, AccountsClient accounts) : ControllerBase
{
    [HttpPost("/orders"), FatServiceRegister(ServiceCount = 2, LocalTransactionCount = 1)]
    public async Task<Order> PlaceAsync(PlaceOrder request, CancellationToken cancellationToken)
    {
        var price = await stock.ReserveAsync(request.Number, request.Item, request.Quantity, cancellationToken);
        await accounts.PayAsync(request.Number, request.Account, price, cancellationToken);
        return await orders.AddAsync(request.Number, request.Account, price, cancellationToken);
    }

    /// <summary>A chain: Stock delivers, and itself collects the price from Accounts.</summary>
    [HttpPost("/orders/delivered"), FatServiceRegister(ServiceCount = 1, LocalTransactionCount = 1)]
    public async Task<Order> PlaceDeliveredAsync(PlaceOrder request, CancellationToken cancellationToken)
    {
        var price = await stock.DeliverAsync(request.Number, request.Item, request.Quantity, request.Account, cancellationToken);
        return await orders.AddAsync(request.Number, request.Account, price, cancellationToken);
    }

    /// <summary>The same service twice: two calls, and so two local transactions there.</summary>
    [HttpPost("/orders/pairs"), FatServiceRegister(ServiceCount = 3, LocalTransactionCount = 1)]
    public async Task<Order> PlacePairAsync(PlacePair request, CancellationToken cancellationToken)
    {
        var price = await stock.ReserveAsync(request.Number, request.FirstItem, 1, cancellationToken)
            + await stock.ReserveAsync(request.Number, request.SecondItem, 1, cancellationToken);
        await accounts.PayAsync(request.Number, request.Account, price, cancellationToken);
        return await orders.AddAsync(request.Number, request.Account, price, cancellationToken);
    }

    /// <summary>Accounts is called over a transport of our own instead of HTTP.</summary>
    [HttpPost("/orders/wired"), FatServiceRegister(ServiceCount = 2, LocalTransactionCount = 1)]
    public async Task<Order> PlaceWiredAsync(PlaceOrder request, [FromServices] WireClient wire, CancellationToken cancellationToken)
    {
        var price = await stock.ReserveAsync(request.Number, request.Item, request.Quantity, cancellationToken);
        await wire.CallAsync(new { Order = request.Number, request.Account, Amount = price }, cancellationToken);
        return await orders.AddAsync(request.Number, request.Account, price, cancellationToken);
    }

    [HttpGet("/orders")]
    public Task<List<Order>> ListAsync([FromServices] OrdersContext context, CancellationToken cancellationToken) =>
        context.Orders.ToListAsync(cancellationToken);
}
