using System.Globalization;
using Fat.TestServers;
using Fat.TestServers.Network;

namespace Fat.Torture.Stage;

/// <summary>
/// The registry's server and a replica of it, which can be held back and then takes over. The address that services use leads to
/// whoever is master.
/// </summary>
internal sealed class RedisPair : IAsyncDisposable
{
    private readonly RedisServer[] _servers;
    private readonly FaultyProxy[] _replication;
    private int _master;

    private RedisPair(RedisServer[] servers, FaultyProxy[] replication)
    {
        _servers = servers;
        _replication = replication;
    }

    public RedisServer Master => _servers[_master];

    private RedisServer Replica => _servers[1 - _master];

    private FaultyProxy Replication => _replication[_master];

    public static async Task<RedisPair> StartAsync(Action<string> log, CancellationToken cancellationToken)
    {
        // Every write is in the kernel's hands before it is answered, so a kill loses nothing; the disk is not waited for.
        var options = new RedisServerOptions { AppendOnly = true, ExtraArguments = ["--appendfsync", "everysec"], OnLine = log };
        RedisServer[] servers = [await RedisServer.StartAsync(options, cancellationToken), await RedisServer.StartAsync(options, cancellationToken)];
        var pair = new RedisPair(servers, [await ReplicationOf(servers[0]), await ReplicationOf(servers[1])]);
        await pair.FollowAsync(cancellationToken);
        return pair;

        Task<FaultyProxy> ReplicationOf(RedisServer server) => FaultyProxy.StartAsync(server.Host, server.Port, cancellationToken: cancellationToken);
    }

    public async Task FlushAsync(CancellationToken cancellationToken) => await ExecuteAsync(Master, ["FLUSHALL"], cancellationToken);

    public Task KillAsync(CancellationToken cancellationToken) => Master.KillAsync(cancellationToken);

    public Task StartAgainAsync(bool keepData, CancellationToken cancellationToken) => Master.RestartAsync(keepData, cancellationToken);

    /// <summary>From now on the replica learns nothing new.</summary>
    public void HoldReplicaBack()
    {
        Replication.ToServer.Rule = TrafficRule.Hold;
        Replication.ToClient.Rule = TrafficRule.Hold;
    }

    /// <summary>The master dies and the replica takes over, with what it knew.</summary>
    public async Task PromoteAsync(IEnumerable<FaultyProxy> links, CancellationToken cancellationToken)
    {
        await Master.KillAsync(cancellationToken);
        await Replication.HealAsync(cancellationToken);
        await Replication.CutAsync(cancellationToken);
        _master = 1 - _master;
        await ExecuteAsync(Master, ["REPLICAOF", "NO", "ONE"], cancellationToken);
        foreach (var link in links)
        {
            link.Retarget(Master.Host, Master.Port);
            await link.CutAsync(cancellationToken);
        }
    }

    /// <summary>The other server starts, empty, and follows the master.</summary>
    public async Task ReplaceReplicaAsync(CancellationToken cancellationToken)
    {
        await Replica.RestartAsync(keepData: false, cancellationToken);
        await FollowAsync(cancellationToken);
    }

    /// <summary>Groups without a decision that are still in time, at most a few.</summary>
    public async Task<IReadOnlyList<string>> OpenGroupsAsync(CancellationToken cancellationToken)
    {
        const string script = """
            local now = tonumber(redis.call('TIME')[1]) * 1000
            local open, cursor = {}, '0'
            repeat
              local page = redis.call('SCAN', cursor, 'MATCH', 'fat:{*}', 'COUNT', '1000', 'TYPE', 'hash')
              cursor = page[1]
              for _, key in ipairs(page[2]) do
                local group = redis.call('HMGET', key, 'decision', 'deadline')
                if not group[1] and tonumber(group[2] or '0') > now then open[#open + 1] = key end
              end
            until cursor == '0'
            return open
            """;
        return await ExecuteAsync(Master, ["EVAL", script, "0"], cancellationToken) is IEnumerable<object?> keys ? [.. keys.Select(key => (string)key!)] : [];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
        foreach (var proxy in _replication)
            await proxy.DisposeAsync();
    }

    private static async Task<object?> ExecuteAsync(RedisServer server, string[] command, CancellationToken cancellationToken)
    {
        await using var connection = await server.ConnectAsync(cancellationToken);
        return await connection.ExecuteAsync(command, cancellationToken);
    }

    private async Task FollowAsync(CancellationToken cancellationToken) => await ExecuteAsync(
        Replica, ["REPLICAOF", Replication.Host, Replication.Port.ToString(CultureInfo.InvariantCulture)], cancellationToken);
}
