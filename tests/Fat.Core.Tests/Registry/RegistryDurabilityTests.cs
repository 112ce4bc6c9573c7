using Fat.Registry.InMemory;
using Fat.Registry.Redis;
using Fat.TestServers;

namespace Fat.Core.Tests.Registry;

/// <summary>What is said of registries that are asked to keep decisions.</summary>
public sealed class RegistryDurabilityTests
{
    [Fact]
    public async Task A_server_that_writes_before_it_answers_is_no_problem() =>
        Assert.Null(await ProblemAsync(new RedisServerOptions { AppendOnly = true }));

    [Fact]
    public async Task A_server_without_a_file_is_a_problem() =>
        Assert.Contains("appendonly is no", await ProblemAsync(new RedisServerOptions()), StringComparison.Ordinal);

    [Fact]
    public async Task A_server_that_writes_now_and_then_is_a_problem() =>
        Assert.Contains(
            "appendfsync is everysec",
            await ProblemAsync(new RedisServerOptions { ExtraArguments = ["--appendonly", "yes", "--appendfsync", "everysec"] }),
            StringComparison.Ordinal);

    [Fact]
    public async Task A_server_that_evicts_is_a_problem() =>
        Assert.StartsWith(
            "maxmemory-policy is volatile-lru",
            await ProblemAsync(new RedisServerOptions { AppendOnly = true, ExtraArguments = ["--maxmemory-policy", "volatile-lru"] }),
            StringComparison.Ordinal);

    [Fact]
    public async Task A_server_that_does_not_tell_could_not_be_checked() =>
        Assert.Contains(
            "could not be checked",
            await ProblemAsync(new RedisServerOptions { AppendOnly = true, ExtraArguments = ["--rename-command", "CONFIG", "Fat.Unknown"] }),
            StringComparison.Ordinal);

    [Fact]
    public async Task Garnet_is_not_taken_on_trust() => Assert.NotNull(await ProblemAsync(new RedisServerOptions { Kind = RedisServerKind.Garnet }));

    [Fact]
    public async Task Memory_is_a_problem()
    {
        await using var registry = new InMemoryGroupRegistry(new InMemoryRegistryStore(TimeProvider.System));

        Assert.NotNull(await registry.DurabilityProblemAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<string?> ProblemAsync(RedisServerOptions options)
    {
        await using var server = await RedisServer.StartAsync(options, TestContext.Current.CancellationToken);
        await using var registry = new RedisGroupRegistry(new FatRedisOptions { Port = server.Port }, TimeProvider.System);
        return await registry.DurabilityProblemAsync(TestContext.Current.CancellationToken);
    }
}
