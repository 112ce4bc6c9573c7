using Fat.TestServers;

namespace Fat.Core.Tests.Registry;

/// <summary>
/// Counts the commands that clients send, by MONITOR: the server's own statistics count what scripts do as well. What a
/// multiplexer sends by itself is left out.
/// </summary>
internal sealed class CommandCounter : IAsyncDisposable
{
    private static readonly string[] Housekeeping =
        ["PING", "INFO", "ECHO", "CLIENT", "CONFIG", "CLUSTER", "SUBSCRIBE", "GET", "AUTH", "SELECT", "HELLO", "COMMAND", "SENTINEL"];

    private readonly RedisServerFixture _fixture;
    private readonly RespConnection _monitor;
    private readonly string _end = Guid.NewGuid().ToString("N");

    private CommandCounter(RedisServerFixture fixture, RespConnection monitor)
    {
        _fixture = fixture;
        _monitor = monitor;
    }

    public static async Task<CommandCounter> StartAsync(RedisServerFixture fixture, CancellationToken cancellationToken)
    {
        var monitor = await fixture.Server.ConnectAsync(cancellationToken);
        await monitor.ExecuteAsync(["MONITOR"], cancellationToken);
        return new CommandCounter(fixture, monitor);
    }

    /// <summary>The commands since the start.</summary>
    public async Task<int> StopAsync(CancellationToken cancellationToken)
    {
        await _fixture.ExecuteAsync("ECHO", _end);
        var count = 0;
        while (true)
        {
            // 1700000000.000000 [0 127.0.0.1:50000] "EVALSHA" "…"; what a script does comes from [0 lua].
            var line = (string)(await _monitor.ReceiveAsync(cancellationToken))!;
            if (line.Contains(_end, StringComparison.Ordinal))
                return count;
            var command = line.Split('"')[1];
            if (!line.Split(']')[0].EndsWith(" lua", StringComparison.Ordinal) && !Housekeeping.Contains(command, StringComparer.OrdinalIgnoreCase))
                count++;
        }
    }

    public ValueTask DisposeAsync() => _monitor.DisposeAsync();
}
