namespace Stock;

internal static class DatabaseSetup
{
    /// <summary>Creates the tables in an empty database. Before Fat starts: its own table would make the database look used.</summary>
    public static async Task CreateTablesAsync(this IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<StockContext>().Database.EnsureCreatedAsync();
    }
}
