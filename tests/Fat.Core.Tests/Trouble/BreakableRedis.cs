using Fat.TestServers;
using Fat.TestServers.Network;

namespace Fat.Core.Tests.Trouble;

/// <summary>A Redis of its own, behind a proxy, that can be given every <see cref="RedisTrouble"/> and be cured of it.</summary>
public sealed class BreakableRedis : IAsyncDisposable
{
    /// <summary>The longest that the services wait for one operation.</summary>
    public static readonly TimeSpan CommandTimeout = TimeSpan.FromMilliseconds(500);

    private const string Password = "right";

    private readonly RedisServer _server;
    private readonly FaultyProxy _proxy;
    private RedisTrouble? _trouble;

    private BreakableRedis(RedisServer server, FaultyProxy proxy)
    {
        _server = server;
        _proxy = proxy;
    }

    public static async Task<BreakableRedis> StartAsync()
    {
        var server = await RedisServer.StartAsync(new RedisServerOptions { Password = Password });
        return new BreakableRedis(server, await FaultyProxy.StartAsync(server.Host, server.Port));
    }

    /// <summary>Whether it goes on until it is healed.</summary>
    public static bool Lasts(RedisTrouble trouble) => trouble is not (RedisTrouble.Restarted or RedisTrouble.ScriptsForgotten);

    public void Configure(FatRedisOptions options)
    {
        options.Configuration = null;
        options.Host = _proxy.Host;
        options.Port = _proxy.Port;
        options.Password = Password;
        options.CommandTimeout = CommandTimeout;
        options.ConnectTimeout = CommandTimeout;
    }

    public async Task StrikeAsync(RedisTrouble trouble)
    {
        _trouble = trouble;
        switch (trouble)
        {
            case RedisTrouble.Restarted:
                await _server.KillAsync();
                await _server.RestartAsync(keepData: false);
                break;
            case RedisTrouble.Down:
                await _server.KillAsync();
                break;
            case RedisTrouble.Unreachable:
                _proxy.BlackHole();
                break;
            case RedisTrouble.Slow:
                _proxy.ToClient.Rule = TrafficRule.Delay(CommandTimeout * 4);
                break;
            case RedisTrouble.ReadOnly:
                await ExecuteAsync("REPLICAOF", "127.0.0.1", "1");
                break;
            case RedisTrouble.WrongPassword:
                await ExecuteAsync("CONFIG", "SET", "requirepass", "changed");
                await _proxy.CutAsync();
                break;
            case RedisTrouble.OutOfMemory:
                await ExecuteAsync("CONFIG", "SET", "maxmemory", "1");
                break;
            case RedisTrouble.ScriptsForgotten:
                await ExecuteAsync("SCRIPT", "FLUSH");
                break;
        }
    }

    /// <summary>Only the server is put right: that everybody comes back to it is what is tested.</summary>
    public async Task HealAsync()
    {
        switch (_trouble)
        {
            case RedisTrouble.Down:
                await _server.RestartAsync(keepData: false);
                break;
            case RedisTrouble.Unreachable or RedisTrouble.Slow:
                await _proxy.HealAsync();
                break;
            case RedisTrouble.ReadOnly:
                await ExecuteAsync("REPLICAOF", "NO", "ONE");
                break;
            case RedisTrouble.WrongPassword:
                await using (var connection = await RespConnection.ConnectAsync(_server.Host, _server.Port, "changed"))
                    await connection.ExecuteAsync(["CONFIG", "SET", "requirepass", Password]);
                break;
            case RedisTrouble.OutOfMemory:
                await ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
                break;
        }

        _trouble = null;
    }

    /// <summary>Waits until the group's decision can be read here.</summary>
    public async Task DecidedAsync(string keyPrefix, string gid, CancellationToken cancellationToken)
    {
        await using var connection = await _server.ConnectAsync(cancellationToken);
        while (await connection.ExecuteAsync(["HGET", $"{keyPrefix}:{{{gid}}}", "decision"], cancellationToken) is not "committed")
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _server.DisposeAsync();
    }

    private async Task ExecuteAsync(params string[] command)
    {
        await using var connection = await _server.ConnectAsync();
        await connection.ExecuteAsync(command);
    }
}
