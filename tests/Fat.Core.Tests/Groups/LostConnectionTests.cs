using System.Data.Common;
using Fat.Core.Tests.World;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Groups;

/// <summary>Methods that close the connection that they were lent, or leave a reader open on it: nothing was committed, and nobody has to find that out.</summary>
public sealed class LostConnectionTests(GroupWorld world) : IClassFixture<GroupWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Ways { get; } = ["using", "context closes", "Fat's closes", "reader"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_only_branch_of_a_group_is_rolled_back_and_not_in_doubt(string way)
    {
        var id = world.NextId();
        var result = await world.Orders.RootAsync((items, _) => items.WorkAsync(context => LoseAsync(context, id, way)));

        Assert.Equal(FatOutcome.RolledBack, result.Outcome);
        Assert.IsType<FatAbortedException>(result.Error);
        Assert.False(await world.Orders.HasAsync(id));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_root_does_not_decide_and_a_branch_does_not_vote(string way)
    {
        foreach (var (there, here) in new[] { (world.Orders, world.Stock), (world.Stock, world.Orders) })
        {
            var id = world.NextId();
            var result = await world.Orders.RootAsync(async (items, token) =>
            {
                await (there == world.Orders ? items.WorkAsync(context => LoseAsync(context, id, way)) : items.AddAsync(id, token));
                await world.Stock.CallAsync((stock, stop) => there == world.Stock ? stock.WorkAsync(context => LoseAsync(context, id, way)) : stock.AddAsync(id, stop));
            });

            Assert.Equal(FatOutcome.RolledBack, result.Outcome);
            await world.NothingPreparedAsync(world.Stock);
            Assert.False(await there.HasAsync(id));
            Assert.False(await here.HasAsync(id));
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Outside_of_a_group_it_is_told(string way)
    {
        var id = world.NextId();
        await using var scope = world.Orders.Services.CreateAsyncScope();
        await Assert.ThrowsAnyAsync<Exception>(() => scope.ServiceProvider.GetRequiredService<IItems>().WorkAsync(context => LoseAsync(context, id, way)));

        Assert.False(await world.Orders.HasAsync(id));
    }

    private static async Task LoseAsync(ItemsContext context, int id, string way)
    {
        context.Items.Add(new Item { Id = id, Text = "lost" });
        await context.SaveChangesAsync(Stop);
        switch (way)
        {
            case "using":
                await context.Database.GetDbConnection().DisposeAsync();
                break;
            case "context closes":
                await context.Database.GetDbConnection().CloseAsync();
                break;
            case "Fat's closes":
                await FatLocalTransaction.Current!.Connection.CloseAsync();
                break;
            default:
                await ReadAsync(context.Database.GetDbConnection());
                break;
        }
    }

    private static async Task ReadAsync(DbConnection connection)
    {
        var command = connection.CreateCommand();
        command.CommandText = "SELECT generate_series(1, 10)";
        var reader = await command.ExecuteReaderAsync(Stop);
        Assert.True(await reader.ReadAsync(Stop));
    }
}
