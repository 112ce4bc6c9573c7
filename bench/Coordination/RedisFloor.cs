using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Fat.Bench.Measuring;
using Fat.TestServers;
using StackExchange.Redis;

namespace Fat.Bench.Coordination;

/// <summary>What the registry and its client can do at most: bare EVALSHA calls, pipelined, by as many callers.</summary>
internal sealed class RedisFloor : IAsyncDisposable
{
    private const string Script = "return ARGV[1]";

    private readonly RedisServer _server;
    private readonly ConnectionMultiplexer _connection;
    private readonly RespConnection _counting;
    private readonly byte[] _hash;

    private RedisFloor(RedisServer server, ConnectionMultiplexer connection, RespConnection counting, byte[] hash)
    {
        _server = server;
        _connection = connection;
        _counting = counting;
        _hash = hash;
    }

    public static async Task<RedisFloor> ConnectAsync(RedisServer server)
    {
        var connection = await ConnectionMultiplexer.ConnectAsync($"{server.ConnectionString},syncTimeout=30000");
        var counting = await server.ConnectAsync();
        await counting.ExecuteAsync(["SCRIPT", "LOAD", Script]);
#pragma warning disable CA5350 // Not for security: this is how Redis names scripts.
        var hash = SHA1.HashData(Encoding.UTF8.GetBytes(Script));
#pragma warning restore CA5350
        return new RedisFloor(server, connection, counting, hash);
    }

    /// <summary>How many commands clients have sent; zero where the server does not count them.</summary>
    public async Task<long> CommandsAsync(CancellationToken cancellationToken) =>
        _server.Kind == RedisServerKind.Redis ? await RedisCommands.CountAsync(_counting, cancellationToken) : 0;

    /// <summary>"Groups" of so many calls that are sent together, so many groups at once.</summary>
    public async Task<CoordinationRound> RoundAsync(int calls, int concurrency, TimeSpan length, CancellationToken cancellationToken)
    {
        var database = _connection.GetDatabase();
        var cpu = CpuTime.Of(Environment.ProcessId);
        var serverCpu = CpuTime.Of(_server.ProcessId);
        var start = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, concurrency).Select(caller => Task.Run(
            async () =>
            {
                var groups = 0;
                var keys = new RedisKey[] { $"floor:{caller}" };
                for (; Stopwatch.GetElapsedTime(start) < length; groups++)
                    await Task.WhenAll(Enumerable.Range(0, calls).Select(call => database.ScriptEvaluateAsync(_hash, keys, [call, "argument", "argument"])));
                return groups;
            },
            cancellationToken)));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var serverUsed = CpuTime.Of(_server.ProcessId) - serverCpu;
        var used = CpuTime.Of(Environment.ProcessId) - cpu + serverUsed;
        return new CoordinationRound(counts.Sum(), seconds, used, serverUsed, (long)counts.Sum() * calls);
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.CloseAsync();
        _connection.Dispose();
        await _counting.DisposeAsync();
    }
}
