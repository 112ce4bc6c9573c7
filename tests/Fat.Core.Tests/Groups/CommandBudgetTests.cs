using System.Globalization;
using Fat.Core.Tests.World;

namespace Fat.Core.Tests.Groups;

/// <summary>What a group costs Redis: at most 3 + 4 × branches commands, the root's branch counted.</summary>
public abstract class CommandBudgetTests(GroupWorld world)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private const int Groups = 20;

    [Fact]
    public async Task A_group_of_three_branches_stays_within_its_commands()
    {
        // Scripts are loaded with their first use.
        await ForgottenAsync(await RunAsync());
        await using var monitor = await world.Servers.Redis.ConnectAsync(Stop);
        await monitor.ExecuteAsync(["MONITOR"], Stop);
        var gids = new List<string>();
        for (var i = 0; i < Groups; i++)
            gids.Add((await RunAsync()).Gid);
        await ForgottenAsync();

        await using var marker = await world.Servers.Redis.ConnectAsync(Stop);
        await marker.ExecuteAsync(["ECHO", "the end of the groups"], Stop);
        var (commands, costs, messages) = (new List<string>(), gids.ToDictionary(gid => gid, _ => 0), 0);
        while (Convert.ToString(await monitor.ReceiveAsync(Stop), CultureInfo.InvariantCulture) is { } line && !line.Contains("the end of the groups", StringComparison.Ordinal))
        {
            // What a script does inside shows as "lua" and is no command of a client.
            var named = line.Contains(" lua]", StringComparison.Ordinal) ? [] : gids.FindAll(gid => line.Contains(gid, StringComparison.Ordinal));
            if (named.Count == 0)
                continue;
            commands.Add(line);
            var pushed = line.Split(":inbox:").Length - 1;
            messages += pushed;

            // Every message is taken from its inbox by one pop at most. A command for several groups counts for each of them.
            foreach (var gid in named)
                costs[gid] += 1 + pushed;
        }

        // Each is within its commands unless it is late, on a busy machine, and polled for: half of them, and not their mean.
        var median = costs.Values.Order().ElementAt(Groups / 2);
        Assert.True(
            median <= 3 + (4 * 3),
            $"{string.Join(' ', costs.Values.Order())} commands; {messages} messages; {string.Join('\n', commands.Select(line => line[..Math.Min(160, line.Length)]).Take(40))}");
        Assert.True(messages >= 2 * Groups, "Both children are told.");
    }

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
        return result;
    }

    /// <summary>A whole life ends when every branch has acknowledged and the decision row is gone.</summary>
    private async Task ForgottenAsync(FatScopeResult? result = null)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var where = result is null ? string.Empty : $" WHERE gid = '{result.Gid}'";
        while (await world.Orders.QueryAsync<long>("SELECT count(*) FROM fat_barrier" + where) > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, deadline.Token);
    }
}

public sealed class PreparedCommandBudgetTests(GroupWorld world) : CommandBudgetTests(world), IClassFixture<GroupWorld>;

public sealed class EarlyCommandBudgetTests(EarlyWorld world) : CommandBudgetTests(world), IClassFixture<EarlyWorld>;
