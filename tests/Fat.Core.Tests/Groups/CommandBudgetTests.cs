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
        var (commands, costs, messages) = (new List<string>(), gids.ToDictionary(gid => gid, _ => 0.0), gids.ToDictionary(gid => gid, _ => 0));
        while (Convert.ToString(await monitor.ReceiveAsync(Stop), CultureInfo.InvariantCulture) is { } line && !line.Contains("the end of the groups", StringComparison.Ordinal))
        {
            // What a script does inside shows as "lua" and is no command of a client.
            var named = line.Contains(" lua]", StringComparison.Ordinal) ? [] : gids.FindAll(gid => line.Contains(gid, StringComparison.Ordinal));
            if (named.Count == 0)
                continue;
            commands.Add(line);
            var pushed = line.Split(":inbox:").Length - 1;

            // Every message is taken from its inbox by one pop at most. Groups share what a command for several of them costs, and a message to one inbox.
            foreach (var gid in named)
            {
                messages[gid] += pushed;
                costs[gid] += (1 + pushed) / (double)named.Count;
            }
        }

        // One that was so late that somebody asked for its decision does not count for the others.
        var seen = $"{string.Join(' ', costs.Values.Order())} commands; {string.Join(' ', messages.Values.Order())} messages; {string.Join('\n', commands.Select(line => line[..Math.Min(160, line.Length)]).Take(40))}";
        Assert.True(Median(costs.Values) <= 3 + (4 * 3), seen);
        Assert.True(Median(messages.Values) >= 2, $"Both children are told: {seen}");
    }

    private static T Median<T>(IEnumerable<T> values) => values.Order().ElementAt(Groups / 2);

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

/// <summary>What is late on a busy machine is not polled for while it is counted: that would say how busy the machine is.</summary>
public class BudgetWorld(Servers servers) : GroupWorld(servers)
{
    protected override void Configure(FatOptions options)
    {
        base.Configure(options);
        options.CommitPollInterval = TimeSpan.FromSeconds(30);
    }
}

public sealed class EarlyBudgetWorld(Servers servers) : BudgetWorld(servers)
{
    protected override FatAnswer Answer => FatAnswer.Early;
}

public sealed class PreparedCommandBudgetTests(BudgetWorld world) : CommandBudgetTests(world), IClassFixture<BudgetWorld>;

public sealed class EarlyCommandBudgetTests(EarlyBudgetWorld world) : CommandBudgetTests(world), IClassFixture<EarlyBudgetWorld>;
