using Fat;
using Microsoft.EntityFrameworkCore;

namespace Stock;

public static class StockEndpoints
{
    public static void MapStock(this IEndpointRouteBuilder app)
    {
        app.MapPost("/reservations", ReserveAsync);
        app.MapPost("/deliveries", DeliverAsync);
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

    // No scope, no group: the [FatTransaction] method behind this is an ordinary local transaction.
    private static Task FillAsync(string name, ItemTerms terms, IStockService stock, CancellationToken cancellationToken) =>
        stock.FillAsync(name, terms, cancellationToken);

    private static Task<List<Item>> ListAsync(StockContext context, CancellationToken cancellationToken) =>
        context.Items.OrderBy(item => item.Name).ToListAsync(cancellationToken);
}
