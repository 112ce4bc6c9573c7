using System.Collections.Concurrent;
using Fat.Protocol;
using StackExchange.Redis;

namespace Fat.Registry.Redis;

/// <summary>The history on the server that has the registry.</summary>
internal sealed class RedisHistory(RedisConnection connection, RedisKeys keys, TimeProvider time) : IHistory
{
    /// <summary>How often a process says again that a service has ended groups.</summary>
    private static readonly TimeSpan ServiceInterval = TimeSpan.FromMinutes(1);

    private readonly RedisHistoryScripts _scripts = new(keys);
    private readonly RedisClock _clock = new(time);
    private readonly ConcurrentDictionary<FatName, long> _services = new();

    public async ValueTask TellAsync(FatName service, IReadOnlyList<PastEntry> entries, FatName teller, int kept, CancellationToken cancellationToken)
    {
        var isKnown = _services.TryGetValue(service, out var told) && time.GetElapsedTime(told) < ServiceInterval;
        foreach (var chunk in entries.Chunk(RegistryLimits.PiecesTogether))
        {
            var (now, isNew) = await RunAsync(
                "tell of groups",
                async database => await _scripts.TellAsync(database, service, chunk, teller == service, kept, await _clock.NowAsync(database).ConfigureAwait(false)).ConfigureAwait(false),
                cancellationToken).ConfigureAwait(false);
            _clock.Saw(now);
            isKnown &= !isNew;
        }

        if (isKnown)
            return;
        await RunAsync("tell of a service", database => _scripts.TellServiceAsync(database, service), cancellationToken).ConfigureAwait(false);
        _services[service] = time.GetTimestamp();
    }

    public async ValueTask<IReadOnlyList<FatName>> ServicesAsync(CancellationToken cancellationToken) =>
        await RunAsync("list services", _scripts.ServicesAsync, cancellationToken).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<PastGroup>> ListAsync(FatName service, PastQuery query, DateTimeOffset now, CancellationToken cancellationToken) =>
        await RunAsync("list ended groups", database => _scripts.ListAsync(database, service, query, now), cancellationToken).ConfigureAwait(false);

    public async ValueTask<PastRecord?> FindAsync(FatName service, GroupId gid, CancellationToken cancellationToken)
    {
        var text = await RunAsync("find an ended group", database => database.ExecuteAsync("HGET", keys.PastGroups(service), gid.ToString()), cancellationToken)
            .ConfigureAwait(false);
        return RedisHistoryText.ReadRecord(gid, (string?)text);
    }

    public async ValueTask<IReadOnlyList<PastCount>> CountAsync(FatName service, PastStep step, int count, CancellationToken cancellationToken) =>
        await RunAsync(
            "count groups",
            async database =>
            {
                var numbers = step.Last(count, await _clock.NowAsync(database).ConfigureAwait(false)).ToList();

                // Sent together, and each by itself: a script over all of them would hold up everybody else.
                var hashes = await Task.WhenAll(numbers.Select(number => database.ExecuteAsync("HGETALL", keys.Count(service, step, number)))).ConfigureAwait(false);
                return (IReadOnlyList<PastCount>)[.. numbers.Zip(hashes, (number, hash) => RedisHistoryText.ReadCount(step.From(number), (string[])hash!))];
            },
            cancellationToken).ConfigureAwait(false);

    public async ValueTask TellStatusAsync(InstanceId instance, string status, CancellationToken cancellationToken) =>
        await RunAsync("tell the status", database => _scripts.TellStatusAsync(database, instance, status), cancellationToken).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<AliveInstance>> InstancesAsync(TimeSpan within, CancellationToken cancellationToken) =>
        await RunAsync(
            "list instances",
            async database =>
            {
                var alive = await _scripts.AliveAsync(database, within).ConfigureAwait(false);
                var statuses = await Task.WhenAll(alive.Select(one => database.ExecuteAsync("GET", keys.Status(one.Id)))).ConfigureAwait(false);
                return (IReadOnlyList<AliveInstance>)[.. alive.Zip(statuses, (one, status) => new AliveInstance(one.Id, one.Silence, (string?)status))];
            },
            cancellationToken).ConfigureAwait(false);

    private Task<T> RunAsync<T>(string operation, Func<IDatabase, Task<T>> command, CancellationToken cancellationToken) =>
        connection.RunAsync(operation, command, cancellationToken);
}
