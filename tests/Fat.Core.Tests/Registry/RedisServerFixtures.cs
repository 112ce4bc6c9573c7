using Fat.TestServers;

namespace Fat.Core.Tests.Registry;

/// <summary>One server for all tests of a class.</summary>
public abstract class RedisServerFixture(RedisServerOptions options) : IAsyncLifetime
{
    public RedisServer Server { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync() => Server = await RedisServer.StartAsync(options, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    public virtual async Task<object?> ExecuteAsync(params string[] command)
    {
        await using var connection = await Server.ConnectAsync(TestContext.Current.CancellationToken);
        return await connection.ExecuteAsync(command, TestContext.Current.CancellationToken);
    }
}

public sealed class PlainRedisFixture() : RedisServerFixture(new RedisServerOptions());

/// <summary>Redis 7 without the command that came with it, as Redis 6.2 is.</summary>
public sealed class OlderRedisFixture() : RedisServerFixture(new RedisServerOptions { ExtraArguments = ["--rename-command", "BLMPOP", "Fat.Unknown"] });

public sealed class GarnetFixture() : RedisServerFixture(new RedisServerOptions { Kind = RedisServerKind.Garnet });

/// <summary>A cluster of one node: it refuses every command whose keys are not in one slot.</summary>
public sealed class RedisClusterFixture() : RedisServerFixture(new RedisServerOptions { ExtraArguments = ["--cluster-enabled", "yes"] })
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        while ((await ExecuteAsync("CLUSTER", "INFO"))?.ToString()?.Contains("cluster_state:ok", StringComparison.Ordinal) != true)
            await Task.Yield();
    }
}
