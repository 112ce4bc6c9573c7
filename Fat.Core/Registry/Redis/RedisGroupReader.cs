using Fat.Protocol;
using StackExchange.Redis;

namespace Fat.Registry.Redis;

/// <summary>
/// Reads many groups in few commands, sent in one flush: several groups in a command, or one where the server is a cluster,
/// which is learned from its first refusal. Thread-safe.
/// </summary>
internal sealed class RedisGroupReader(RedisGroupScripts groups)
{
    /// <summary>A script holds up the server while it runs.</summary>
    private const int MostTogether = 64;

    private volatile bool _apart;

    public async Task<IReadOnlyList<RedisGroupReply>> ReadAsync(IDatabase database, IReadOnlyList<GroupId> gids)
    {
        if (!_apart && gids.Count > 1)
        {
            try
            {
                return await ReadAsync(database, gids, MostTogether).ConfigureAwait(false);
            }
            catch (RedisException failure) when (IsCrossSlot(failure))
            {
                _apart = true;
            }
        }

        return await ReadAsync(database, gids, most: 1).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<RedisGroupReply>> ReadAsync(IDatabase database, IReadOnlyList<GroupId> gids, int most)
    {
        var replies = await Task.WhenAll(gids.Chunk(most).Select(chunk => groups.ReadAsync(database, chunk))).ConfigureAwait(false);
        return [.. replies.SelectMany(reply => reply)];
    }

    /// <summary>The server's word, or the client's own before it sends anything.</summary>
    private static bool IsCrossSlot(RedisException failure) =>
        failure.Message.StartsWith("CROSSSLOT", StringComparison.Ordinal) || failure.Message.Contains("single slot", StringComparison.OrdinalIgnoreCase);
}
