using Fat.Testing.Data;

namespace Fat.Testing;

/// <summary>
/// Rows of a <see cref="FatTestDatabase"/> by key. Inside a <c>[FatTransaction]</c> method on that database the methods work in the branch's transaction:
/// others see what it wrote when the group has committed. Elsewhere, also in a branch on another database, each call is a transaction of its own. Thread-safe.
/// </summary>
/// <typeparam name="TKey">The key's type.</typeparam>
/// <typeparam name="TValue">The rows' type.</typeparam>
public sealed class FatTestTable<TKey, TValue>
    where TKey : notnull
{
    private readonly FatTestDatabase _database;
    private readonly string _name;

    internal FatTestTable(FatTestDatabase database, string name)
    {
        _database = database;
        _name = "table " + name;
    }

    /// <summary>What is committed now: what a test looks at. No transaction's own writes are in it.</summary>
    public IReadOnlyDictionary<TKey, TValue> Committed => Typed(_database.Server.ReadAll(null, _name));

    /// <summary>Writes a row outside of any transaction, to begin a test with.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The row.</param>
    /// <exception cref="InvalidOperationException">A transaction has locked the row.</exception>
    public void Seed(TKey key, TValue value) => _database.Server.ChangeNow(Row(key), (_, _) => Change.To(value));

    /// <summary>A row, or the type's default when there is none. It does not wait for others' transactions.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask<TValue?> FindAsync(TKey key, CancellationToken cancellationToken = default)
    {
        var connection = await EnterAsync(cancellationToken).ConfigureAwait(false);
        return _database.Server.TryRead(connection?.Session, Row(key), out var value) ? (TValue?)value : default;
    }

    /// <summary>All rows, as the transaction sees them.</summary>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask<IReadOnlyDictionary<TKey, TValue>> AllAsync(CancellationToken cancellationToken = default)
    {
        var connection = await EnterAsync(cancellationToken).ConfigureAwait(false);
        return Typed(_database.Server.ReadAll(connection?.Session, _name));
    }

    /// <summary>Inserts a row or replaces it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The row.</param>
    /// <param name="cancellationToken">Gives up waiting for another transaction.</param>
    /// <exception cref="System.Data.Common.DbException">Another transaction has the row and did not end in time, or the database is away.</exception>
    public async ValueTask SetAsync(TKey key, TValue value, CancellationToken cancellationToken = default) =>
        await ChangeAsync(key, (_, _) => Change.To(value), cancellationToken).ConfigureAwait(false);

    /// <summary>Replaces a row by what is made of it, and locks it before it looks: no other transaction's change is lost.</summary>
    /// <param name="key">The key.</param>
    /// <param name="update">Makes the new row of the present one, which is the type's default when there is none. What it throws passes to the caller, and nothing is changed.</param>
    /// <param name="cancellationToken">Gives up waiting for another transaction.</param>
    /// <returns>The new row.</returns>
    /// <exception cref="System.Data.Common.DbException">As <see cref="SetAsync"/>.</exception>
    public async ValueTask<TValue> UpdateAsync(TKey key, Func<TValue?, TValue> update, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(update);
        TValue made = default!;
        await ChangeAsync(key, (exists, value) => Change.To(made = update(exists ? (TValue?)value : default)), cancellationToken).ConfigureAwait(false);
        return made;
    }

    /// <summary>Deletes a row.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Gives up waiting for another transaction.</param>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="System.Data.Common.DbException">As <see cref="SetAsync"/>.</exception>
    public async ValueTask<bool> RemoveAsync(TKey key, CancellationToken cancellationToken = default) =>
        await ChangeAsync(key, (exists, _) => exists ? Change.Removal : Change.None, cancellationToken).ConfigureAwait(false) == ChangeKind.Remove;

    private async ValueTask<ChangeKind> ChangeAsync(TKey key, Func<bool, object?, Change> change, CancellationToken cancellationToken)
    {
        var connection = await EnterAsync(cancellationToken).ConfigureAwait(false);
        var kind = await _database.Server.ChangeAsync(connection?.Session, Row(key), change, isBusiness: true, cancellationToken).ConfigureAwait(false);
        if (connection is not null)
            await connection.Owner.PassAsync().ConfigureAwait(false);
        return kind;
    }

    /// <summary>The connection of the branch that runs, if it is on this database. A process that was killed goes no further.</summary>
    private async ValueTask<MemoryConnection?> EnterAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (FatLocalTransaction.Current?.Connection is not MemoryConnection connection || connection.Place != _database)
            return null;
        await connection.Owner.PassAsync().ConfigureAwait(false);
        return connection;
    }

    private RowKey Row(TKey key) => new(_name, key);

    private static Dictionary<TKey, TValue> Typed(IEnumerable<KeyValuePair<object, object?>> rows) => rows.ToDictionary(row => (TKey)row.Key, row => (TValue)row.Value!);
}
