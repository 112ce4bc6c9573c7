using Fat.Testing.Tests.Shop;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Testing.Tests;

/// <summary>Classes of a service, without HTTP.</summary>
public sealed class OneServiceTests : IAsyncLifetime
{
    private readonly FatTestCluster _fat = new();
    private FatTestService _stock = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private FatTestTable<string, int> Table => _stock.Database.Table<string, int>("pieces");

    public async ValueTask InitializeAsync()
    {
        _stock = await AddStockAsync(_fat, "stock");
        Table.Seed("tea", 10);
    }

    public ValueTask DisposeAsync() => _fat.DisposeAsync();

    [Fact]
    public async Task A_marked_method_is_a_group()
    {
        await _stock.CallAsync<IStock>((stock, stop) => stock.ReserveAsRootAsync("tea", 4, stop), Stop);

        var group = await _fat.Groups.CommittedAsync(Stop);
        Assert.Equal("Stock.ReserveAsRootAsync", group.Method);
        Assert.Equal(6, Table.Committed["tea"]);
    }

    [Fact]
    public async Task A_marked_method_that_throws_rolls_back()
    {
        var thrown = await Assert.ThrowsAsync<FatAbortedException>(() => _stock.CallAsync<IStock>((stock, stop) => stock.ReserveAsRootAsync("tea", 40, stop), Stop));

        Assert.Contains("fewer than 40", thrown.Reason, StringComparison.Ordinal);
        await _fat.Groups.RolledBackAsync("fewer than 40 pieces", Stop);
        Assert.Equal(10, Table.Committed["tea"]);
    }

    [Fact]
    public async Task Services_call_each_other_without_HTTP_and_agree()
    {
        var orders = await AddStockAsync(_fat, "orders");
        orders.Database.Table<string, int>("pieces").Seed("tea", 1);
        var result = await orders.RunAsync(
            async (services, stop) =>
            {
                await services.GetRequiredService<IStock>().ReserveAsync("tea", 1, stop);
                await _stock.CallAsync<IStock>((stock, token) => stock.ReserveAsync("tea", 1, token), stop);
            },
            Stop);

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        var group = await _fat.Groups.CommittedAsync(Stop);
        Assert.Equal(["orders", "stock"], group.Branches.Select(branch => branch.Service));
        Assert.Equal((9, 0), (Table.Committed["tea"], orders.Database.Table<string, int>("pieces").Committed["tea"]));
    }

    [Fact]
    public async Task A_lost_reply_is_noticed_without_HTTP_as_well()
    {
        var orders = await AddStockAsync(_fat, "orders");
        _fat.Faults.LoseReply("stock");
        await orders.RunAsync((_, stop) => _stock.CallAsync<IStock>((stock, token) => stock.ReserveAsync("tea", 1, token), stop), Stop);

        await _fat.Groups.RolledBackAsync("connection to stock broke", Stop);
        Assert.Equal(10, Table.Committed["tea"]);
    }

    [Fact]
    public async Task A_branch_that_only_reads_needs_no_decision()
    {
        var orders = await AddStockAsync(_fat, "orders");
        await orders.RunAsync((_, stop) => _stock.CallAsync<IStock, int>((stock, token) => stock.CountAsync("tea", token), stop), Stop);

        var group = await _fat.Groups.CommittedAsync(Stop);
        Assert.Equal(FatTestState.ReadOnly, group.BranchOf("stock").State);
    }

    [Fact]
    public async Task Two_groups_about_one_row_take_turns()
    {
        var held = _fat.Faults.HoldBefore("stock", FatTestPoint.Decide);
        var first = _stock.CallAsync<IStock>((stock, stop) => stock.ReserveAsRootAsync("tea", 4, stop), Stop);
        await held.StruckAsync(Stop);
        var second = _stock.CallAsync<IStock>((stock, stop) => stock.ReserveAsRootAsync("tea", 5, stop), Stop);
        await _fat.Groups.WhereAsync(group => group.Branches.Count == 1 && group.Events.All(happened => happened.Text != "writes the decision"), Stop);
        Assert.False(second.IsCompleted);

        held.Release();
        await first;
        await second;
        Assert.Equal(1, Table.Committed["tea"]);
    }

    [Fact]
    public async Task Who_waits_in_vain_for_a_row_is_told_who_has_it()
    {
        // The holder waits at its decision for longer than the other for its row, however late the machine is.
        await using var fat = new FatTestCluster(new FatTestClusterOptions { Configure = options => options.WaitCommit = TimeSpan.FromSeconds(9) });
        var shop = await AddStockAsync(fat, "stock");
        var table = shop.Database.Table<string, int>("pieces");
        table.Seed("tea", 10);
        var held = fat.Faults.HoldBefore("stock", FatTestPoint.Decide);
        var first = shop.CallAsync<IStock>((stock, stop) => stock.ReserveAsRootAsync("tea", 4, stop), Stop);
        await held.StruckAsync(Stop);
        var holder = fat.Groups.All[0].Gid;
        var second = Assert.ThrowsAsync<FatAbortedException>(() => shop.CallAsync<IStock>((stock, stop) => stock.ReserveAsRootAsync("tea", 5, stop), Stop));
        await fat.Groups.WhereAsync(group => group.Gid != holder && group.Branches.Count == 1, Stop);
        for (var pause = TimeSpan.FromMilliseconds(2); !second.IsCompleted; pause *= 1.1)
        {
            fat.Clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.WhenAny(second, Task.Delay(pause, TimeProvider.System, Stop));
        }

        Assert.Contains(holder, (await second).Reason, StringComparison.Ordinal);
        held.Release();
        await first;
        Assert.Equal(6, table.Committed["tea"]);
    }

    [Fact]
    public async Task A_service_that_was_stopped_has_let_its_groups_end()
    {
        await _stock.CallAsync<IStock>((stock, stop) => stock.ReserveAsRootAsync("tea", 4, stop), Stop);
        await _stock.StopAsync(Stop);
        Assert.False(_stock.IsRunning);
        await Assert.ThrowsAsync<InvalidOperationException>(() => _stock.CallAsync<IStock>((stock, stop) => stock.ReserveAsRootAsync("tea", 4, stop), Stop));

        await _stock.StartAsync(Stop);
        await _stock.CallAsync<IStock>((stock, stop) => stock.ReserveAsRootAsync("tea", 4, stop), Stop);
        Assert.Equal(2, Table.Committed["tea"]);
    }

    [Fact]
    public async Task A_service_without_Fat_is_refused()
    {
        var thrown = await Assert.ThrowsAsync<FatConfigurationException>(() => _fat.AddAsync("plain", _ => { }, Stop));

        Assert.Contains("services.AddFat", thrown.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => _fat["plain"]);
    }

    internal static Task<FatTestService> AddStockAsync(FatTestCluster fat, string name) => fat.AddAsync(
        name,
        services =>
        {
            services.AddScoped<IPieces, Pieces>();
            services.AddFat().AddTransactional<IStock, Stock>();
        },
        Stop);
}
