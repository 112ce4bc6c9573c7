using Fat.Faults;
using Fat.Messages;
using Fat.Protocol;

namespace Fat.Dtm;

/// <summary>
/// Global transactions as rows of the barrier table: that of gid g is the message <c>dtm:g</c>, so it is apart from the row that a producer's barrier has for g. One that is over is <c>done</c> with its
/// payload, and goes with the messages that are. Thread-safe.
/// </summary>
internal sealed class DtmRows(MessageRows rows, FatName service) : IDtmStore
{
    public const string Prefix = "dtm:";

    /// <summary>No service can have the name behind <c>msg:</c>.</summary>
    private readonly string _reason = $"msg:~{service}";

    public async Task<bool> TryAddAsync(DtmTransaction transaction, CancellationToken cancellationToken)
    {
        await rows.EnsureTableAsync(cancellationToken).ConfigureAwait(false);
        var row = Row(transaction.Gid);
        await rows.Database.Faults.BeforeAsync(FaultPoint.StoreTransaction).ConfigureAwait(false);
        var added = await rows.TryInsertAsync(row, _reason, transaction.Write(), cancellationToken).ConfigureAwait(false);
        await rows.Database.Faults.AfterAsync(FaultPoint.StoreTransaction).ConfigureAwait(false);
        if (!added)
            return false;
        if (transaction.IsOver)
            await TryReplaceAsync(new StoredTransaction(transaction, transaction.Write()), transaction, cancellationToken).ConfigureAwait(false);
        return true;
    }

    public async Task<StoredTransaction?> FindAsync(MessageId id, CancellationToken cancellationToken)
    {
        await rows.EnsureTableAsync(cancellationToken).ConfigureAwait(false);
        return await rows.ReadAsync(Row(id.Text), cancellationToken).ConfigureAwait(false) is { Payload: { } text } && DtmTransaction.Read(text) is { } transaction
            ? new StoredTransaction(transaction, text)
            : null;
    }

    public async Task<bool> TryReplaceAsync(StoredTransaction stored, DtmTransaction next, CancellationToken cancellationToken)
    {
        var text = (next with { Version = stored.Transaction.Version + 1 }).Write();
        await rows.Database.Faults.BeforeAsync(FaultPoint.ChangeTransaction).ConfigureAwait(false);
        var replaced = await rows.TryReplaceAsync(Row(next.Gid), stored.Text, text, next.IsOver ? FatMessageSql.Done : _reason, cancellationToken).ConfigureAwait(false);
        await rows.Database.Faults.AfterAsync(FaultPoint.ChangeTransaction).ConfigureAwait(false);
        return replaced;
    }

    public async Task<IReadOnlyList<MessageId>> OpenAsync(TimeSpan age, MessageId? after, int most, CancellationToken cancellationToken)
    {
        await rows.EnsureTableAsync(cancellationToken).ConfigureAwait(false);
        var found = await rows.ListAsync(_reason, age, after is { } last ? Row(last.Text) : null, most, cancellationToken).ConfigureAwait(false);
        return [.. found.Select(row => MessageId.TryParse(row.Id.Text[Prefix.Length..], out var id) ? id : default).Where(id => id != default)];
    }

    private static MessageId Row(string gid) => MessageId.TryParse(Prefix + gid, out var row) ? row : throw new ArgumentException($"'{gid}' is not a gid.", nameof(gid));
}
