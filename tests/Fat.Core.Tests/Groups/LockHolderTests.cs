using Fat.Core.Tests.World;
using Microsoft.EntityFrameworkCore;

namespace Fat.Core.Tests.Groups;

/// <summary>Whoever waits in vain for a row is told who holds it (rule L6).</summary>
public sealed class LockHolderTests(LockHolderTests.World world) : IClassFixture<LockHolderTests.World>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_prepared_branch_of_the_same_group_is_named()
    {
        var id = world.NextId();

        var result = await world.Orders.RootAsync(async (_, _) =>
        {
            await world.Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            await world.Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
        });

        var error = Assert.IsType<FatAbortedException>(result.Error);
        Assert.Matches("not granted in time .*This group already holds it through branch 1-[0-9a-f]{8}-1, which is prepared. Let calls of one group share", error.Reason);
        await NowhereAsync(id);
    }

    [Fact]
    public async Task A_branch_that_another_instance_keeps_open_is_named_with_its_instance()
    {
        var id = world.NextId();
        await using var other = await world.StartAsync("stock", options => options.Join = FatJoin.Group);

        var result = await world.Orders.RootAsync(async (_, _) =>
        {
            await other.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            await world.Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
        });
        await world.StopAsync(other);

        var error = Assert.IsType<FatAbortedException>(result.Error);
        Assert.Matches("This group already holds it through branch 1-[0-9a-f]{8}-1 at the instance ~[0-9a-f]{12}, which is open. ", error.Reason);
        await NowhereAsync(id);
    }

    [Fact]
    public async Task A_branch_of_another_group_is_named_with_its_group_also_to_the_second_in_the_queue()
    {
        var id = world.NextId();
        await world.Stock.RootAsync((stock, stop) => stock.AddAsync(id, stop));
        var waiting = new List<Task<FatScopeResult>>();

        var first = await world.Orders.RootAsync(async (_, _) =>
        {
            await world.Stock.CallAsync((stock, _) => ChangeAsync(stock, id));
            using var outside = FatContext.Suppress();
            waiting.Add(Task.Run(() => world.Stock.RootAsync((stock, _) => ChangeAsync(stock, id)), Stop));
            waiting.Add(Task.Run(() => world.Stock.RootAsync((stock, _) => ChangeAsync(stock, id)), Stop));
            await Task.WhenAll(waiting);
        });

        Assert.Null(first.Error);
        foreach (var result in waiting)
        {
            var error = Assert.IsType<FatAbortedException>((await result).Error);
            Assert.Contains($"Group {first.Gid} holds it through branch 1-", error.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_session_that_is_not_Fats_is_named_as_the_server_knows_it()
    {
        var id = world.NextId();
        await world.Stock.RootAsync((stock, stop) => stock.AddAsync(id, stop));
        await using var stranger = new Npgsql.NpgsqlConnection(world.Stock.ConnectionString + ";Enlist=false;Pooling=false;Application Name=night shift");
        await stranger.OpenAsync(Stop);
        await using var transaction = await stranger.BeginTransactionAsync(Stop);
        await using var command = new Npgsql.NpgsqlCommand($"UPDATE items SET text = 'mine' WHERE id = {id}", stranger, transaction);
        await command.ExecuteNonQueryAsync(Stop);

        var result = await world.Stock.RootAsync((stock, _) => ChangeAsync(stock, id));

        var error = Assert.IsType<FatAbortedException>(result.Error);
        Assert.Contains($"It is held by session {stranger.ProcessID} of application 'night shift'.", error.Reason, StringComparison.Ordinal);
    }

    private static Task ChangeAsync(IItems items, int id) => items.WorkAsync(context =>
        context.Items.Where(item => item.Id == id).ExecuteUpdateAsync(set => set.SetProperty(item => item.Text, "changed"), Stop));

    private async Task NowhereAsync(int id)
    {
        await world.NothingPreparedAsync(world.Stock);
        Assert.False(await world.Stock.HasAsync(id));
    }

    public sealed class World(Servers servers) : GroupWorld(servers)
    {
        protected override void Configure(FatOptions options)
        {
            base.Configure(options);
            options.WaitResult = TimeSpan.FromSeconds(3);
            options.WaitCommit = TimeSpan.FromSeconds(5);
        }
    }
}
