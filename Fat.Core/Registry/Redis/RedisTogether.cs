using StackExchange.Redis;

namespace Fat.Registry.Redis;

/// <summary>
/// Does the same with many keys in few commands: several keys in a command, or one where the server is a cluster, which is learned
/// from its first refusal. Thread-safe.
/// </summary>
internal sealed class RedisTogether(RedisConnection connection)
{
    /// <summary>A script holds up the server while it runs.</summary>
    private const int MostTogether = 64;

    private volatile bool _apart;

    /// <summary>Does it with all of them, or fails.</summary>
    public async Task RunAsync<TItem, TResult>(
        string operation, IReadOnlyList<TItem> items, Func<IDatabase, TItem[], Task<TResult>> command, CancellationToken cancellationToken) =>
        await Task.WhenAll(await StartAsync(operation, items, command, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);

    /// <summary>Does it with those whose server is in reach, and says which these are; fails when none is.</summary>
    public async Task<IReadOnlyList<(TItem[] Items, TResult Result)>> ReachAsync<TItem, TResult>(
        string operation, IReadOnlyList<TItem> items, Func<IDatabase, TItem[], Task<TResult>> command, CancellationToken cancellationToken)
    {
        var pieces = await StartAsync(operation, items, command, cancellationToken).ConfigureAwait(false);
        var all = (Task)Task.WhenAll(pieces);
        await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var reached = new List<(TItem[], TResult)>(pieces.Length);
        foreach (var piece in pieces)
        {
            try
            {
                reached.Add(await piece.ConfigureAwait(false));
            }
            catch (RegistryUnavailableException)
            {
                // Nothing is known of these, and nothing is said of them.
            }
        }

        if (reached.Count == 0)
            await all.ConfigureAwait(false);
        return reached;
    }

    private async Task<Task<(TItem[] Items, TResult Result)>[]> StartAsync<TItem, TResult>(
        string operation, IReadOnlyList<TItem> items, Func<IDatabase, TItem[], Task<TResult>> command, CancellationToken cancellationToken)
    {
        if (!_apart && items.Count > 1)
        {
            TItem[][] chunks = [.. items.Chunk(MostTogether)];
            if (await connection.RunAsync(operation, database => TryTogetherAsync(chunks, chunk => command(database, chunk)), cancellationToken).ConfigureAwait(false) is { } results)
                return [.. chunks.Zip(results, (chunk, result) => Task.FromResult((chunk, result)))];
        }

        return [.. items.Select(item => AloneAsync([item]))];

        async Task<(TItem[], TResult)> AloneAsync(TItem[] item) =>
            (item, await connection.RunAsync(operation, database => command(database, item), cancellationToken).ConfigureAwait(false));
    }

    private async Task<TResult[]?> TryTogetherAsync<TItem, TResult>(TItem[][] chunks, Func<TItem[], Task<TResult>> command)
    {
        try
        {
            return await Task.WhenAll(chunks.Select(command)).ConfigureAwait(false);
        }
        catch (Exception failure) when (IsCrossSlot(failure))
        {
            // Nothing was done: a script with keys of several slots is refused before it runs.
            _apart = true;
            return null;
        }
    }

    /// <summary>The server's word, or the client's own before it sends anything.</summary>
    private static bool IsCrossSlot(Exception failure) =>
        failure.Message.StartsWith("CROSSSLOT", StringComparison.Ordinal) || failure.Message.Contains("single slot", StringComparison.OrdinalIgnoreCase);
}
