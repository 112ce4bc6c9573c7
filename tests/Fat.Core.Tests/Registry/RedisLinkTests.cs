using System.Globalization;
using Fat.Registry.Redis;
using Fat.TestServers;
using StackExchange.Redis;

namespace Fat.Core.Tests.Registry;

/// <summary>When a connection is given up for another one.</summary>
public sealed class RedisLinkTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_name_that_leads_to_another_master_is_resolved_again_though_the_old_one_lives_on_as_a_replica()
    {
        await ServerPrograms.EnsureAsync(cancellationToken: Stop);
        await using var old = await RedisServer.StartAsync(new RedisServerOptions(), Stop);
        await using var next = await RedisServer.StartAsync(new RedisServerOptions(), Stop);
        var (named, connected) = (old, 0);
        await using var link = new RedisLink(
            async () =>
            {
                Interlocked.Increment(ref connected);
                return await ConnectionMultiplexer.ConnectAsync(named.ConnectionString);
            },
            Patience * 10, Patience, owned: true, TimeProvider.System, new RedisLinkEvents());
        await SetAsync(link, "before");

        // As a planned failover does it: nobody's connection is closed, and what only reads is answered.
        named = next;
        await using (var operators = await old.ConnectAsync(Stop))
            await operators.ExecuteAsync(["REPLICAOF", "127.0.0.1", next.Port.ToString(CultureInfo.InvariantCulture)], Stop);
        var refused = 0;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                await SetAsync(link, "after");
                break;
            }
            catch (RedisServerException exception) when (exception.Message.Contains("READONLY", StringComparison.Ordinal))
            {
                refused++;
                await link.RunAsync(database => database.PingAsync(), Patience * 10, Stop);
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, deadline.Token);
            }
        }

        Assert.InRange(refused, 1, int.MaxValue);
        Assert.Equal(2, connected);
        await using var look = await next.ConnectAsync(Stop);
        Assert.Equal("after", await look.ExecuteAsync(["GET", "told"], Stop));
    }

    private static Task<RedisResult> SetAsync(RedisLink link, string value) => link.RunAsync(
        database => database.ScriptEvaluateAsync("return redis.call('SET', KEYS[1], ARGV[1])", [(RedisKey)"told"], [(RedisValue)value]), Patience * 10, Stop);
}
