namespace Fat.Registry.Redis;

/// <summary>
/// Does the same with many keys in few commands, sent in one flush: several keys in a command, or one where the server is a
/// cluster, which is learned from its first refusal. Thread-safe.
/// </summary>
internal sealed class RedisTogether
{
    /// <summary>A script holds up the server while it runs.</summary>
    private const int MostTogether = 64;

    private volatile bool _apart;

    public async Task<IReadOnlyList<TResult>> RunAsync<TItem, TResult>(IReadOnlyList<TItem> items, Func<TItem[], Task<TResult>> command)
    {
        if (!_apart && items.Count > 1)
        {
            try
            {
                return await Task.WhenAll(items.Chunk(MostTogether).Select(command)).ConfigureAwait(false);
            }
            catch (Exception failure) when (IsCrossSlot(failure))
            {
                // Nothing was done: a script with keys of several slots is refused before it runs.
                _apart = true;
            }
        }

        return await Task.WhenAll(items.Chunk(1).Select(command)).ConfigureAwait(false);
    }

    /// <summary>The server's word, or the client's own before it sends anything.</summary>
    private static bool IsCrossSlot(Exception failure) =>
        failure.Message.StartsWith("CROSSSLOT", StringComparison.Ordinal) || failure.Message.Contains("single slot", StringComparison.OrdinalIgnoreCase);
}
