using System.Globalization;
using Fat;
using StackExchange.Redis;

namespace Adapters;

/// <summary>
/// Consumes a Redis stream as a member of a group of consumers. Each entry is handled as the root of a group of its own, and acknowledged when that has committed. An entry whose handling
/// rolled back, is in doubt, or went down with its process stays pending and is handled again; its barrier makes that take effect once.
/// </summary>
/// <param name="redis">The connection.</param>
/// <param name="scopes">Enters scopes.</param>
/// <param name="stream">The stream.</param>
/// <param name="group">The group of consumers, which is there.</param>
/// <param name="consumer">The name of this process in it.</param>
public sealed class StreamConsumer(IConnectionMultiplexer redis, IFatScopes scopes, string stream, string group, string consumer)
{
    private const int AtOnce = 16;

    private static readonly FatServiceRegisterAttribute Declared = new();

    /// <summary>After how long an entry that somebody took and did not acknowledge is taken over. Longer than a group may live.</summary>
    public TimeSpan TakenOverAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Handles what is there: first what was left behind, then what is new. Returns how many entries are done.</summary>
    /// <param name="handle">The work of one entry. It calls the barrier before anything else, in a <c>[FatTransaction]</c> method, and does nothing when that says so.</param>
    /// <param name="stop">The process stops: what is being handled rolls back.</param>
    public async Task<int> TurnAsync(Func<StreamEntry, FatBarrier, CancellationToken, Task> handle, CancellationToken stop)
    {
        var database = redis.GetDatabase();
        var idle = ((long)TakenOverAfter.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        var left = (RedisResult[])(await database.ExecuteAsync("XAUTOCLAIM", stream, group, consumer, idle, "0", "COUNT", AtOnce))!;
        var entries = Read((RedisResult[])left[1]!);
        if (entries.Count == 0)
        {
            var news = await database.ExecuteAsync("XREADGROUP", "GROUP", group, consumer, "COUNT", AtOnce, "STREAMS", stream, ">");
            entries = news.IsNull ? [] : Read((RedisResult[])((RedisResult[])((RedisResult[])news!)[0]!)[1]!);
        }

        var done = 0;
        foreach (var entry in entries)
        {
            var barrier = new FatBarrier("stream", $"{stream}:{entry.Id}", "01", group);
            var result = await scopes.RunAsync(
                new FatScopeRequest($"{stream}/{group}", Declared),
                async aborted =>
                {
                    await handle(entry, barrier, aborted);
                    return null;
                },
                stop);
            if (result.Outcome != FatOutcome.Committed)
                continue; // Rolled back, or in doubt: it stays pending, and the barrier finds out.
            await database.ExecuteAsync("XACK", stream, group, entry.Id);
            done++;
        }

        return done;
    }

    private static List<StreamEntry> Read(RedisResult[] entries)
    {
        var read = new List<StreamEntry>(entries.Length);
        foreach (var entry in entries)
        {
            var parts = (RedisResult[])entry!;
            var fields = (string[])parts[1]!;
            read.Add(new StreamEntry((string)parts[0]!, fields[1]));
        }

        return read;
    }
}

/// <summary>An entry of a stream.</summary>
/// <param name="Id">Its id, the same however often it comes.</param>
/// <param name="Body">The value of its first field.</param>
public sealed record StreamEntry(string Id, string Body);
