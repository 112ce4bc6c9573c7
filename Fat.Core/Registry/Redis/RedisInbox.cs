using System.Collections.Concurrent;
using System.Globalization;
using Fat.Protocol;
using StackExchange.Redis;

namespace Fat.Registry.Redis;

/// <summary>
/// Takes messages from inboxes. A pop that the server is still holding when its caller gives up goes on, and the next receive gets what
/// it brings: a message that it popped meanwhile is not lost.
/// </summary>
internal sealed class RedisInbox(RedisConnection connection, RedisKeys keys, TimeProvider time)
{
    private readonly ConcurrentDictionary<InstanceId, Task<string[]>> _popping = new();
    private volatile bool _oneByOne;

    public async Task<string[]> ReceiveAsync(InstanceId instance, TimeSpan wait, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (wait > RedisConfiguration.LongestBlock)
            wait = RedisConfiguration.LongestBlock;
        var began = _popping.TryGetValue(instance, out var popping);
        if (popping is null)
        {
            if (wait <= TimeSpan.Zero)
                return await TakeAsync("receive", keys.Inbox(instance), RegistryLimits.MessagesPerReceive, cancellationToken).ConfigureAwait(false);
            _popping[instance] = popping = PopAsync(keys.Inbox(instance), wait);
            RedisFailure.Forget(popping);
        }

        try
        {
            // A pop of ours ends by itself, with messages, without, or in failure; one that an earlier caller began may last longer.
            var messages = await popping.WaitAsync(began ? Positive(wait) : Timeout.InfiniteTimeSpan, time, cancellationToken).ConfigureAwait(false);
            _popping.TryRemove(instance, out _);
            return messages;
        }
        catch (TimeoutException) when (!popping.IsCompleted)
        {
            return [];
        }
        catch (Exception failure) when (RedisFailure.Is(failure, cancellationToken))
        {
            _popping.TryRemove(instance, out _);
            throw new RegistryUnavailableException("receive", failure);
        }
    }

    /// <summary>Takes what is there now.</summary>
    public Task<string[]> TakeAsync(string operation, RedisKey list, int most, CancellationToken cancellationToken) =>
        connection.RunAsync(operation, database => TakeAsync(database, list, most), cancellationToken);

    private static TimeSpan Positive(TimeSpan wait) => wait > TimeSpan.Zero ? wait : TimeSpan.Zero;

    private static async Task<string[]> TakeAsync(IDatabase database, RedisKey list, int most)
    {
        var taken = await database.ExecuteAsync("LPOP", list, most).ConfigureAwait(false);
        return taken.IsNull ? [] : (string[])taken!;
    }

    private async Task<string[]> PopAsync(RedisKey list, TimeSpan wait)
    {
        if (!_oneByOne)
        {
            try
            {
                return await connection.BlockAsync(database => PopManyAsync(database, list, wait), wait).ConfigureAwait(false);
            }
            catch (RedisServerException failure) when (failure.Message.StartsWith("ERR unknown command", StringComparison.OrdinalIgnoreCase))
            {
                _oneByOne = true;
            }
        }

        return await connection.BlockAsync(database => PopOneAsync(database, list, wait), wait).ConfigureAwait(false);
    }

    /// <summary>One command, however many messages are there.</summary>
    private static async Task<string[]> PopManyAsync(IDatabase database, RedisKey list, TimeSpan wait)
    {
        var popped = await database.ExecuteAsync("BLMPOP", Seconds(wait), 1, list, "LEFT", "COUNT", RegistryLimits.MessagesPerReceive)
            .ConfigureAwait(false);
        return popped.IsNull ? [] : (string[])((RedisResult[])popped!)[1]!;
    }

    /// <summary>For servers before Redis 7: a second command for what came together with the first message.</summary>
    private static async Task<string[]> PopOneAsync(IDatabase database, RedisKey list, TimeSpan wait)
    {
        var popped = await database.ExecuteAsync("BLPOP", list, Seconds(wait)).ConfigureAwait(false);
        if (popped.IsNull)
            return [];
        var first = ((string[])popped!)[1];
        return [first, .. await TakeAsync(database, list, RegistryLimits.MessagesPerReceive - 1).ConfigureAwait(false)];
    }

    /// <summary>Zero would block for ever.</summary>
    private static string Seconds(TimeSpan wait) => Math.Max(wait.TotalSeconds, 0.001).ToString("0.000", CultureInfo.InvariantCulture);
}
