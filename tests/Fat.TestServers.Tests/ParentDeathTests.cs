using System.Globalization;
using System.Text.RegularExpressions;

namespace Fat.TestServers.Tests;

/// <summary>A killed test process leaves no server behind. The process that is killed here runs this same assembly.</summary>
public sealed partial class ParentDeathTests
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Servers_end_when_the_process_that_started_them_is_killed()
    {
        var options = new ChildProcessOptions
        {
            FileName = Path.Combine(AppContext.BaseDirectory, "Fat.TestServers.Tests"),
            Arguments = ["-explicit", "only", "-method", $"{typeof(ParentDeathTests).FullName}.{nameof(Start_servers_and_wait_to_be_killed)}"],
        };
        await using var victim = await ChildProcess.StartAsync(options, Cancellation);
        var line = await victim.WaitForLineAsync(Started(), Enough, cancellationToken: Cancellation);
        var servers = Started().Match(line).Groups["server"].Captures.Select(server => int.Parse(server.Value, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(3, servers.Count);
        Assert.All(servers, server => Assert.True(ProcessTable.IsAlive(server)));

        await victim.KillAsync(Cancellation);

        foreach (var server in servers)
            await ProcessTable.WaitUntilGoneAsync(server, Cancellation).WaitAsync(Enough, TimeProvider.System, Cancellation);
    }

    [Fact(Explicit = true)]
    public async Task Start_servers_and_wait_to_be_killed()
    {
        await using var redis = await RedisServer.StartAsync(cancellationToken: Cancellation);
        await using var garnet = await RedisServer.StartAsync(new RedisServerOptions { Kind = RedisServerKind.Garnet }, Cancellation);
        await using var postgres = await PostgresServer.StartAsync(new PostgresServerOptions { Fsync = false }, Cancellation);
        Console.WriteLine($"started {redis.ProcessId} {garnet.ProcessId} {postgres.ProcessId}");
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, Cancellation);
    }

    [GeneratedRegex("started( (?<server>[0-9]+)){3}", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Started();
}
