using System.Text.RegularExpressions;
using Fat.Core.Tests.Administration;
using Fat.Core.Tests.Messages;
using Fat.Core.Tests.Registry;
using Fat.Core.Tests.World;
using Fat.Protocol;
using Fat.Registry;
using Fat.Registry.Redis;
using Fat.TestServers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fat.Core.Tests.Security;

/// <summary>Whole services with the Redis user of docs/security.md: what they need they may, and what they need not they may not.</summary>
public sealed partial class AclTests(AclWorld world, LimitedRedisFixture redis) : IClassFixture<AclWorld>, IClassFixture<LimitedRedisFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Groups_messages_operators_and_health_need_nothing_more()
    {
        var (first, second) = (world.NextId(), world.NextId());
        var committed = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(first, token);
            await world.Stock.CallAsync((items, token) => items.AddAsync(first, token));
        });
        Assert.Null(committed.Error);
        await world.Stock.SeesAsync(first, Stop);
        var rolledBack = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(second, token);
            throw new InvalidOperationException("No.");
        });
        Assert.NotNull(rolledBack.Error);

        var order = MessageWorld.NextOrder();
        var gid = await MessageWorld.OrderAsync(world.Orders, order, message => message.Publish(Shipping.Topic, new Ordered(order, "tea")));
        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);
        Assert.Equal("ordered tea", await world.Shipping.TextAsync(order));

        var (admin, monitor) = (world.Orders.Services.GetRequiredService<IFatAdmin>(), world.Orders.Services.GetRequiredService<IFatMonitor>());
        Assert.Empty((await admin.ListOpenAsync(cancellationToken: Stop)).Unreachable);
        Assert.Empty((await admin.ListInDoubtAsync(cancellationToken: Stop)).Unreachable);
        Assert.Empty((await admin.ListIncidentsAsync(cancellationToken: Stop)).Unreachable);
        Assert.Empty((await admin.ShowAsync(committed.Gid, Stop)).Unreachable);
        while (await monitor.FindGroupAsync(rolledBack.Gid, Stop) is null)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Stop);
        Assert.NotEmpty((await monitor.ListGroupsAsync(new FatGroupQuery(), Stop)).Items);
        Assert.Equal(60, (await monitor.CountAsync(null, FatCountStep.Minute, 60, Stop)).Count);
        Assert.NotEmpty(await monitor.ListInstancesAsync(Stop));
        var health = await world.Orders.Services.GetRequiredService<IFatHealth>().CheckAsync(Stop);
        Assert.DoesNotContain(health.Parts, part => part.ToString().Contains("NOPERM", StringComparison.Ordinal));

        Assert.DoesNotContain(await world.Limited.RefusedAsync(), refused => !ClientAsks().IsMatch(refused));
    }

    [Theory]
    [InlineData("FLUSHALL")]
    [InlineData("FLUSHDB")]
    [InlineData("KEYS", "fat:*")]
    [InlineData("SCAN", "0")]
    [InlineData("CONFIG", "SET", "appendonly", "no")]
    [InlineData("CONFIG", "GET", "requirepass")]
    [InlineData("ACL", "LIST")]
    [InlineData("SHUTDOWN")]
    [InlineData("SCRIPT", "FLUSH")]
    [InlineData("MONITOR")]
    [InlineData("SAVE")]
    [InlineData("CLIENT", "KILL", "ID", "1")]
    [InlineData("DEL", "fat:past")]
    [InlineData("GET", "another:key")]
    [InlineData("EVAL", "return redis.call('GET', 'another:key')", "0")]
    [InlineData("EVAL", "return redis.call('DEL', 'fat:past')", "0")]
    [InlineData("PUBLISH", "news", "x")]
    public async Task What_is_not_needed_is_refused(params string[] command)
    {
        var refused = await Assert.ThrowsAsync<RespException>(() => redis.Limited.AsFatAsync(command));

        // The second is what a script is told.
        Assert.Matches("^(NOPERM |ERR The user executing the script can't )", refused.Message);
    }

    [Fact]
    public async Task A_service_that_decides_in_Redis_starts_and_says_that_it_could_not_look_whether_that_is_durable()
    {
        var log = new LogLines();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "gateway" });
        builder.Logging.AddProvider(log);
        builder.Services.AddFat(world.Connect);
        using var host = builder.Build();
        await host.StartAsync(Stop);

        var line = Assert.Single(log.Lines, line => line.StartsWith("Warning 103 ", StringComparison.Ordinal));
        Assert.Contains("could not be checked: NOPERM", line, StringComparison.Ordinal);
        var result = await host.Services.GetRequiredService<IFatScopes>()
            .RunAsync(new FatScopeRequest("gateway.Root", new FatServiceRegisterAttribute()), _ => Task.FromResult<string?>(null), Stop);
        Assert.Null(result.Error);
        await host.StopAsync(Stop);
    }

    [Fact]
    public async Task A_command_that_is_missing_in_the_rules_is_noticed()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Stop);
        await LimitedServer.LimitAsync(server, AclLine.Rules.Where(rule => rule != "+hsetnx"));
        await using var registry = new RedisGroupRegistry(new FatRedisOptions { Port = server.Port, Password = LimitedServer.Password }, TimeProvider.System);

        await Assert.ThrowsAsync<RegistryUnavailableException>(() => registry.AskAbortAsync(
            new GroupSample().Gid, GroupSample.NewInstance("orders"), AbortReason.Of("orders", "OrderAsync", "No."), Stop).AsTask());
    }

    /// <summary>What the client asks when it connects and does without: the server's settings and role, Booksleeve's key and channel of masters.</summary>
    [GeneratedRegex("^(command (config|info|cluster|client|sentinel|subscribe|config\\|get|cluster\\|nodes|client\\|setname)|(key|channel) __Booksleeve_.*)$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex ClientAsks();
}

/// <summary>Services whose Redis is limited to what the document allows.</summary>
public sealed class AclWorld(Servers servers) : GroupWorld(servers)
{
    private RedisServer _redis = null!;

    public Service Shipping { get; private set; } = null!;

    internal LimitedServer Limited { get; private set; } = null!;

    protected override FatAnswer Answer => FatAnswer.Early;

    public override async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        Limited = await LimitedServer.LimitAsync(_redis, AclLine.Rules);
        await base.InitializeAsync();
        Shipping = await StartAsync("shipping", configure: fat => fat.AddSubscriber<Shipping>());
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _redis.DisposeAsync();
    }

    public void Connect(FatOptions options)
    {
        options.Redis = new FatRedisOptions { Host = _redis.Host, Port = _redis.Port, Password = LimitedServer.Password };
    }

    protected override void Configure(FatOptions options)
    {
        base.Configure(options);
        Connect(options);
    }
}
