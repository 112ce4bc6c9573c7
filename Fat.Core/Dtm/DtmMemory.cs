using System.Collections.Concurrent;
using Fat.Protocol;

namespace Fat.Dtm;

/// <summary>Global transactions of an application that keeps its registry in memory and has no database: as lasting as its process. Thread-safe.</summary>
internal sealed class DtmMemory(TimeProvider time, TimeSpan kept) : IDtmStore
{
    private readonly ConcurrentDictionary<string, StoredTransaction> _transactions = new(StringComparer.Ordinal);

    public Task<bool> TryAddAsync(DtmTransaction transaction, CancellationToken cancellationToken) =>
        Task.FromResult(_transactions.TryAdd(transaction.Gid, Stored(transaction)));

    public Task<StoredTransaction?> FindAsync(MessageId id, CancellationToken cancellationToken) => Task.FromResult(_transactions.GetValueOrDefault(id.Text));

    public Task<bool> TryReplaceAsync(StoredTransaction stored, DtmTransaction next, CancellationToken cancellationToken) =>
        Task.FromResult(_transactions.TryUpdate(next.Gid, Stored(next with { Version = stored.Transaction.Version + 1 }), stored));

    /// <summary>What ended long ago goes: it is looked for often enough.</summary>
    public Task<IReadOnlyList<MessageId>> OpenAsync(TimeSpan age, MessageId? after, int most, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        foreach (var old in _transactions.Where(stored => stored.Value.Transaction is { IsOver: true } over && now - over.Ended > kept))
            _transactions.TryRemove(old);
        return Task.FromResult<IReadOnlyList<MessageId>>(
        [
            .. _transactions.Values.Select(stored => stored.Transaction).Where(transaction => !transaction.IsOver && now - transaction.Created >= age)
                .Where(transaction => after is not { } last || string.CompareOrdinal(transaction.Gid, last.Text) > 0)
                .Select(transaction => transaction.Gid).Order(StringComparer.Ordinal).Take(most).Select(gid => MessageId.TryParse(gid, out var id) ? id : default),
        ]);
    }

    private static StoredTransaction Stored(DtmTransaction transaction) => new(transaction, transaction.Write());
}
