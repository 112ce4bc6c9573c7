using Fat.Testing.Tests.Shop;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Testing.Tests;

/// <summary>Databases with names of their own: a test and a service's fakes get the one in which its branches run.</summary>
public sealed class DatabaseTests : IAsyncDisposable
{
    private readonly FatTestCluster _fat = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _fat.DisposeAsync();

    [Fact]
    public async Task A_database_that_is_declared_by_its_connections() =>
        await RollsBackAsync("inventory", await AddAsync(static fat => fat.AddDatabase("inventory", Connect)));

    [Fact]
    public async Task A_database_that_is_declared_by_its_context() =>
        await RollsBackAsync("inventory", await AddAsync(static fat => fat.AddDbContext<DbContext>("inventory")));

    [Fact]
    public async Task The_first_of_several() =>
        await RollsBackAsync("inventory", await AddAsync(static fat => fat.AddDatabase("inventory", Connect).AddDatabase("stock", Connect)));

    [Fact]
    public async Task The_one_that_is_declared_the_default() => await RollsBackAsync(
        "inventory", await AddAsync(static fat => fat.AddDatabase("stock", Connect).AddDatabase("inventory", Connect, static database => database.IsDefault = true)));

    [Fact]
    public async Task It_stays_when_the_service_runs_again()
    {
        var stock = await AddAsync(static fat => fat.AddDatabase("inventory", Connect));
        var database = stock.Database;
        database.Table<string, int>("pieces").Seed("tea", 10);
        stock.Kill();
        Assert.Same(database, stock.Database);

        await stock.StartAsync(Stop);
        await stock.CallAsync<IStock>((service, stop) => service.ReserveAsRootAsync("tea", 4, stop), Stop);
        Assert.Same(database, stock.Database);
        Assert.Equal(6, database.Table<string, int>("pieces").Committed["tea"]);
    }

    private async Task RollsBackAsync(string name, FatTestService stock)
    {
        var pieces = stock.Database.Table<string, int>("pieces");
        pieces.Seed("tea", 10);
        await stock.CallAsync<IStock>((service, stop) => service.ReserveAsRootAsync("tea", 4, stop), Stop);
        Assert.Equal(name, (await _fat.Groups.CommittedAsync(Stop)).BranchOf("stock").Database);
        Assert.Equal(6, pieces.Committed["tea"]);

        _fat.Groups.Forget();
        await stock.RunAsync(
            async (services, stop) =>
            {
                await services.GetRequiredService<IStock>().ReserveAsync("tea", 5, stop);
                throw new InvalidOperationException("Not today.");
            },
            Stop);
        await _fat.Groups.RolledBackAsync("Not today.", Stop);
        Assert.Equal(6, pieces.Committed["tea"]);
        Assert.Same(stock.Database, _fat.Database("stock"));
        Assert.Same(stock.Database, _fat.Database("stock", name));
    }

    private Task<FatTestService> AddAsync(Action<IFatBuilder> declare) => _fat.AddAsync(
        "stock",
        services =>
        {
            services.AddScoped<IPieces, Pieces>();
            services.AddDbContext<DbContext>(static options => options.UseInMemoryDatabase("inventory"));
            declare(services.AddFat().AddTransactional<IStock, Stock>());
        },
        Stop);

    private static System.Data.Common.DbConnection Connect() => throw new InvalidOperationException("Nobody connects to it.");
}
