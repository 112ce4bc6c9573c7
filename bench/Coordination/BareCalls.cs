using System.Diagnostics;
using System.Globalization;
using System.Text;
using Fat.Bench.Measuring;
using Fat.TestServers;
using StackExchange.Redis;

namespace Fat.Bench.Coordination;

/// <summary>
/// The calls of groups without the groups: what they have sent to the registry is sent once more, in the same order and pipelined, to an empty database of the same server, which does the same work for it.
/// </summary>
internal sealed class BareCalls : IAsyncDisposable
{
    private const int EmptyDatabase = 1;
    private const int FirstKey = 3;

    private readonly RedisServer _server;
    private readonly ConnectionMultiplexer _connection;
    private readonly int _groups;
    private readonly IReadOnlyList<Func<IDatabase, Task>> _calls;

    private BareCalls(RedisServer server, ConnectionMultiplexer connection, int groups, IReadOnlyList<Func<IDatabase, Task>> calls)
    {
        _server = server;
        _connection = connection;
        _groups = groups;
        _calls = calls;
    }

    /// <param name="server">Where the groups are run, and their calls repeated.</param>
    /// <param name="run">Runs groups.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<BareCalls> RecordAsync(RedisServer server, Func<Task<CoordinationRound>> run, CancellationToken cancellationToken)
    {
        var groups = 0;
        var recorded = await RecordedCalls.RecordAsync(server, async () => groups = (await run()).Groups, cancellationToken);
        return new BareCalls(server, await ConnectionMultiplexer.ConnectAsync($"{server.ConnectionString},syncTimeout=30000,allowAdmin=true"), groups, [.. recorded.Select(Call)]);
    }

    /// <summary>Sends all of them, so many on their way at once.</summary>
    public async Task<CoordinationRound> RoundAsync(int pipelined, CancellationToken cancellationToken)
    {
        foreach (var endpoint in _connection.GetEndPoints())
            await _connection.GetServer(endpoint).FlushDatabaseAsync(EmptyDatabase);
        var database = _connection.GetDatabase(EmptyDatabase);
        var cpu = CpuTime.Of(Environment.ProcessId);
        var serverCpu = CpuTime.Of(_server.ProcessId);
        var start = Stopwatch.GetTimestamp();
        var sent = new Queue<Task>(pipelined);
        foreach (var call in _calls)
        {
            if (sent.Count == pipelined)
                await sent.Dequeue().WaitAsync(cancellationToken);
            sent.Enqueue(call(database));
        }

        await Task.WhenAll(sent).WaitAsync(cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var serverUsed = CpuTime.Of(_server.ProcessId) - serverCpu;
        return new CoordinationRound(_groups, seconds, CpuTime.Of(Environment.ProcessId) - cpu + serverUsed, serverUsed, _calls.Count);
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.CloseAsync();
        _connection.Dispose();
    }

    /// <summary>What has waited for messages takes what is there: who sends in order must not be kept.</summary>
    private static Func<IDatabase, Task> Call(byte[][] parts)
    {
        if (Text(parts[0]) is not "EVALSHA")
        {
            object[] taken = [.. parts.Skip(2)];
            return database => database.ExecuteAsync("LMPOP", taken);
        }

        var hash = Convert.FromHexString(Text(parts[1]));
        var keys = parts.Skip(FirstKey).Take(int.Parse(Text(parts[2]), CultureInfo.InvariantCulture)).Select(part => (RedisKey)part).ToArray();
        var arguments = parts.Skip(FirstKey + keys.Length).Select(part => (RedisValue)part).ToArray();
        return database => database.ScriptEvaluateAsync(hash, keys, arguments);
    }

    private static string Text(byte[] part) => Encoding.ASCII.GetString(part);
}
