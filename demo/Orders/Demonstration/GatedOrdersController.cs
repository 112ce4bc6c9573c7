using Fat;
using Microsoft.AspNetCore.Mvc;

namespace Orders.Demonstration;

/// <summary>
/// Only for the demonstration: an order that stands still after its children have answered, and so have voted, and
/// before the group is decided.
/// </summary>
[ApiController]
public sealed class GatedOrdersController(
    IOrderService orders, StockClient stock, AccountsClient accounts, PauseGates gates) : ControllerBase
{
    [HttpPost("/orders/gated"), FatServiceRegister(ServiceCount = 2, LocalTransactionCount = 1)]
    public async Task<Order> PlaceGatedAsync(PlaceOrder request, CancellationToken cancellationToken)
    {
        var price = await stock.ReserveAsync(request.Number, request.Item, request.Quantity, cancellationToken);
        await accounts.PayAsync(request.Number, request.Account, price, cancellationToken);
        await gates.PassAsync(request.Number, cancellationToken);
        return await orders.AddAsync(request.Number, request.Account, price, cancellationToken);
    }

    /// <summary>Answers when the order stands at its gate.</summary>
    [HttpGet("/gates/{order:guid}")]
    public Task ReachedAsync(Guid order, CancellationToken cancellationToken) => gates.ReachedAsync(order, cancellationToken);

    [HttpPost("/gates/{order:guid}/open")]
    public void Open(Guid order) => gates.Open(order);
}
