using Fat;
using Microsoft.EntityFrameworkCore;

namespace Stock;

public static class StockEndpoints
{
    public static void MapStock(this IEndpointRouteBuilder app)
    {
        app.MapPost("/reservations", ReserveAsync);
        app.MapPost("/deliveries", DeliverAsync);
        app.MapPost("/branches/reservations", CalledAsync);
        app.MapPut("/items/{name}", FillAsync);
        app.MapGet("/items", ListAsync);
    }

    [FatServiceRegister(ServiceCount = 0, LocalTransactionCount = 1)]
    private static async Task<Reserved> ReserveAsync(ReservationRequest request, IStockService stock, CancellationToken cancellationToken) =>
        new(await stock.ReserveAsync(request.Order, request.Item, request.Quantity, cancellationToken));

    /// <summary>Reserves, and collects the price itself: the middle of a chain of three services.</summary>
    [FatServiceRegister(ServiceCount = 1, LocalTransactionCount = 1)]
    private static async Task<Reserved> DeliverAsync(
        DeliveryRequest request, IStockService stock, AccountsClient accounts, CancellationToken cancellationToken)
    {
        var price = await stock.ReserveAsync(request.Order, request.Item, request.Quantity, cancellationToken);
        await accounts.PayAsync(request.Order, request.Account, price, cancellationToken);
        return new Reserved(price);
    }

    /// <summary>A branch of a message, called until it succeeds; it takes effect once. 409 is what DTM's clients answer with FAILURE.</summary>
    private static async Task<IResult> CalledAsync(Ordered ordered, HttpContext http, StockContext context, Shelves shelves, CancellationToken cancellationToken)
    {
        try
        {
            await http.GetFatBarrier().CallAsync(context, _ => shelves.ReserveAsync(ordered.Order, ordered.Item, ordered.Quantity, cancellationToken), cancellationToken);
            return Results.Text("SUCCESS");
        }
        catch (OutOfStockException refusal)
        {
            // Rolled back, the barrier's row as well: the next attempt begins anew.
            return Results.Text($"FAILURE: {refusal.Message}", statusCode: StatusCodes.Status409Conflict);
        }
    }

    // No scope, no group: the [FatTransaction] method behind this is an ordinary local transaction.
    private static Task FillAsync(string name, ItemTerms terms, IStockService stock, CancellationToken cancellationToken) =>
        stock.FillAsync(name, terms, cancellationToken);

    private static Task<List<Item>> ListAsync(StockContext context, CancellationToken cancellationToken) =>
        context.Items.OrderBy(item => item.Name).ToListAsync(cancellationToken);
}
