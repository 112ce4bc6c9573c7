using System.Globalization;
using Fat.Tests.World;

namespace Fat.Tests.Groups;

/// <summary>What a group costs Redis: at most 3 + 4 × branches commands, the root's branch counted.</summary>
public abstract class CommandBudgetTests(GroupWorld world)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_group_of_three_branches_stays_within_its_commands()
    {
        await RunAsync();
        await using var monitor = await world.Servers.Redis.ConnectAsync(Stop);
        await monitor.ExecuteAsync(["MONITOR"], Stop);
        var result = await RunAsync();

        var commands = new List<string>();
        await using var marker = await world.Servers.Redis.ConnectAsync(Stop);
        await marker.ExecuteAsync(["ECHO", $"end of {result.Gid}"], Stop);
        while (Convert.ToString(await monitor.ReceiveAsync(Stop), CultureInfo.InvariantCulture) is { } line && !line.Contains($"end of {result.Gid}", StringComparison.Ordinal))
        {
            // What scripts do inside shows as "lua"; what names the group, or wakes a process for it, belongs to it.
            if (line.Contains(result.Gid, StringComparison.Ordinal) && !line.Contains(" lua]", StringComparison.Ordinal))
                commands.Add(line);
        }

        // Every message is taken from its inbox by one pop at most.
        var pops = commands.Count(line => line.Contains(":inbox:", StringComparison.Ordinal));
        Assert.True(commands.Count + pops <= 3 + (4 * 3), $"{pops} pops and\n{string.Join('\n', commands.Select(line => line[..Math.Min(160, line.Length)]))}");
        Assert.True(pops >= 2, "Both children are told.");
    }

    /// <summary>A whole life: from the first call until every branch has acknowledged and the decision row is gone.</summary>
    private async Task<FatScopeResult> RunAsync()
    {
        var id = world.NextId();
        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await world.Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            await world.Accounts.CallAsync((accounts, stop) => accounts.AddAsync(id, stop));
        });
        Assert.Null(result.Error);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await world.Orders.QueryAsync<long>("SELECT count(*) FROM fat_barrier") > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, deadline.Token);
        return result;
    }
}

public sealed class PreparedCommandBudgetTests(GroupWorld world) : CommandBudgetTests(world), IClassFixture<GroupWorld>;

public sealed class EarlyCommandBudgetTests(EarlyWorld world) : CommandBudgetTests(world), IClassFixture<EarlyWorld>;
