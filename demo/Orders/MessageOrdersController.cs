using Fat;
using Microsoft.AspNetCore.Mvc;

namespace Orders;

/// <summary>
/// Orders that are taken at once and carried out behind: the order's row and its message are one local transaction. Nobody is asked first whether there are
/// pieces and money, so what the others do is repeated until it succeeds.
/// </summary>
[ApiController]
public sealed class MessageOrdersController(IFatMessages messages, OrdersContext context) : ControllerBase
{
    /// <summary>Publishes the order: Stock and Accounts subscribe.</summary>
    [HttpPost("/orders/published")]
    public Task<ActionResult<Order>> PublishAsync(PlaceOrderLater request, string result, CancellationToken cancellationToken) =>
        PlaceAsync(New(request).Publish("ordered", Ordered(request)), request, result, cancellationToken);

    /// <summary>Calls Stock, and then Accounts, as DTM's two-phase message does.</summary>
    [HttpPost("/orders/called")]
    public Task<ActionResult<Order>> CallAsync(PlaceOrderLater request, string result, CancellationToken cancellationToken) =>
        PlaceAsync(New(request).Call("Stock", "branches/reservations", Ordered(request)).Call("Accounts", "branches/payments", Ordered(request)), request, result, cancellationToken);

    // An order that is sent twice is one: the second message of the same id is refused.
    private FatMessage New(PlaceOrderLater request) => messages.New(request.Number.ToString());

    private static Ordered Ordered(PlaceOrderLater request) => new(request.Number, request.Item, request.Quantity, request.Account, request.Price);

    private async Task<ActionResult<Order>> PlaceAsync(FatMessage message, PlaceOrderLater request, string result, CancellationToken cancellationToken)
    {
        var order = new Order { Number = request.Number, Account = request.Account, Price = request.Price };
        try
        {
            await message.DoAndSubmitAsync(
                context,
                async _ =>
                {
                    context.Orders.Add(order);
                    await context.SaveChangesAsync(cancellationToken);
                    if (result != "success")
                        throw new OrderRefusedException("We are closed.");
                },
                cancellationToken);
            return order;
        }
        catch (OrderRefusedException refusal)
        {
            // Rolled back, and the message with it.
            return Problem(refusal.Message, statusCode: StatusCodes.Status409Conflict);
        }
        catch (FatMessageRefusedException refusal)
        {
            // Nothing was done: it has been before.
            return Problem(refusal.Message, statusCode: StatusCodes.Status409Conflict);
        }
    }
}
