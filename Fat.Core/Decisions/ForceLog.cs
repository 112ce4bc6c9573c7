using System.Data;
using System.Data.Common;
using Fat.Protocol;
using Fat.Resources;

namespace Fat.Decisions;

/// <summary>
/// What operators read and write of one database's decisions. Each operation opens a connection of its own outside the pool and closes
/// it: nobody else waits for it, and it waits for nobody (rule L5). Thread-safe.
/// </summary>
internal sealed class ForceLog(FatDatabase database, IServiceProvider services)
{
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(2);

    private readonly FatBarrierSql _sql = database.Barrier!;

    public FatName DatabaseName => database.Name;

    public bool IsLockTimeout(DbException exception) => database.Dialect.IsLockTimeout(exception);

    /// <summary>Nothing was written, for certain.</summary>
    public bool IsRefusal(DbException exception) => database.Dialect.IsRefusal(exception);

    /// <summary>
    /// Writes the decision unless there is one, and who asked for it and why, in one transaction. Null when the decision that was there
    /// has gone meanwhile: the group is over, and nothing was recorded.
    /// </summary>
    /// <exception cref="DbException">
    /// A live root's own row is not committed yet (<see cref="FatDialect.IsLockTimeout"/>), or the database refused: nothing was written.
    /// With a lost connection it may have been; asking again is safe.
    /// </exception>
    public Task<ForceWrite?> DecideAsync(ForcedDecision forced, CancellationToken cancellationToken) => WriteAsync(forced, FatBarrierSql.DecisionOp, cancellationToken);

    /// <summary>
    /// The same where the decision database is gone. The row is a proposal until the registry has it: another service's operator may
    /// have been first there (<see cref="OverruleAsync"/>).
    /// </summary>
    public Task<ForceWrite?> ProposeAsync(ForcedDecision forced, CancellationToken cancellationToken) => WriteAsync(forced, FatBarrierSql.ForcedOp, cancellationToken);

    /// <summary>What was proposed here is not the decision: the row and its records say so from now on.</summary>
    public Task OverruleAsync(GroupId gid, DecisionRecord standing, CancellationToken cancellationToken) => UseAsync(
        (connection, token) => ExecuteAsync(connection, null, _sql.Overrule, [gid.ToString(), Text(standing.Decision), BranchList.Format(standing.Branches)], token),
        cancellationToken);

    /// <summary>Records a force that was decided elsewhere.</summary>
    public Task RecordAsync(ForcedDecision forced, ForceWrite write, CancellationToken cancellationToken) =>
        UseAsync((connection, token) => RecordAsync(connection, null, forced, write, token), cancellationToken);

    /// <summary>The rows of groups, decided and forced.</summary>
    public Task<IReadOnlyList<DecisionRow>> ReadAsync(IEnumerable<GroupId> gids, CancellationToken cancellationToken) =>
        gids.Select(gid => gid.ToString()).ToList() is { Count: > 0 } groups ? RowsAsync(_sql.ReadMany(groups), cancellationToken) : Task.FromResult<IReadOnlyList<DecisionRow>>([]);

    /// <summary>The groups that were decided last.</summary>
    public Task<IReadOnlyList<DecisionRow>> ListEndedAsync(int most, CancellationToken cancellationToken) => RowsAsync(new FatSqlStatement(_sql.ListEnded, [most]), cancellationToken);

    /// <summary>The last records, of one group or of all.</summary>
    public Task<IReadOnlyList<ForceRecord>> ListRecordsAsync(GroupId? gid, int most, CancellationToken cancellationToken) => QueryAsync(
        new FatSqlStatement(_sql.ListRecords, [gid?.ToString() ?? string.Empty, most]), Record, cancellationToken);

    /// <summary>Records that an operator has asked for something.</summary>
    public Task AskedAsync(string subject, string action, string by, string reason, InstanceId instance, CancellationToken cancellationToken) => UseAsync(
        (connection, token) => ExecuteAsync(connection, null, _sql.Record, [subject, action, "asked", action, string.Empty, by, reason, instance.Text], token), cancellationToken);

    /// <summary>Every entry of the audit table, newest first, of one subject or of all.</summary>
    public Task<IReadOnlyList<FatAuditEntry>> ListAuditAsync(string? subject, int most, CancellationToken cancellationToken) =>
        QueryAsync(new FatSqlStatement(_sql.ListAudit, [subject ?? string.Empty, most]), Entry, cancellationToken);

    /// <summary>Whether that is how a forced decision is recorded.</summary>
    public static bool IsDecision(string action) => action is "committed" or "rolledback";

    private Task<ForceWrite?> WriteAsync(ForcedDecision forced, string op, CancellationToken cancellationToken) => UseAsync(
        async (connection, token) =>
        {
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, token).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                if (database.Dialect.LockTimeout(LockTimeout) is { } bound)
                    await ExecuteAsync(connection, transaction, bound, [], token).ConfigureAwait(false);
                var (gid, decision) = (forced.Gid.ToString(), forced.Decision);
                var decided = await ExecuteAsync(
                    connection, transaction, _sql.Force, [gid, op, Text(decision.Decision), BranchList.Format(decision.Branches)], token).ConfigureAwait(false) == 1;
                var rows = await ReadAsync(connection, transaction, _sql.ReadMany([gid]), Row, token).ConfigureAwait(false);
                if (rows.FirstOrDefault(row => row.Forced == (op == FatBarrierSql.ForcedOp)) is not { } standing)
                    return null;
                var write = new ForceWrite(decided, standing.Decision);
                await RecordAsync(connection, transaction, forced, write, token).ConfigureAwait(false);
                await ReplicatedCommit.RunAsync(database.Dialect, connection, () => transaction.CommitAsync(token), token).ConfigureAwait(false);
                return write;
            }
        },
        cancellationToken);

    private Task<int> RecordAsync(
        DbConnection connection, DbTransaction? transaction, ForcedDecision forced, ForceWrite write, CancellationToken cancellationToken) => ExecuteAsync(
        connection, transaction, _sql.Record,
        [
            forced.Gid.ToString(), Text(forced.Decision.Decision), write.Decided ? "decided" : "none", Text(write.Standing.Decision),
            BranchList.Format(write.Standing.Branches), forced.By, forced.Reason, forced.Instance.Text,
        ],
        cancellationToken);

    private Task<IReadOnlyList<DecisionRow>> RowsAsync(FatSqlStatement query, CancellationToken cancellationToken) => QueryAsync(query, Row, cancellationToken);

    private Task<IReadOnlyList<T>> QueryAsync<T>(FatSqlStatement query, Func<DbDataReader, T?> row, CancellationToken cancellationToken)
        where T : class =>
        UseAsync((connection, token) => ReadAsync(connection, null, query, row, token), cancellationToken);

    private async Task<T> UseAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        var reserved = new ReservedConnection(database, services);
        await using (reserved.ConfigureAwait(false))
            return await reserved.OnceAsync(work, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<T>> ReadAsync<T>(
        DbConnection connection, DbTransaction? transaction, FatSqlStatement query, Func<DbDataReader, T?> row, CancellationToken cancellationToken)
        where T : class
    {
        var command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.Transaction = transaction;
            command.CommandText = query.Text;
            command.AddParameters(query.Parameters);
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var rows = new List<T>();
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    if (row(reader) is { } read)
                        rows.Add(read);
                }

                return rows;
            }
        }
    }

    private static async Task<int> ExecuteAsync(
        DbConnection connection, DbTransaction? transaction, string sql, IReadOnlyList<object> parameters, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.Transaction = transaction;
            command.CommandText = sql;
            command.AddParameters(parameters);
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Null for what cannot be read: an application may keep rows of its own in the table.</summary>
    private static DecisionRow? Row(DbDataReader reader) =>
        GroupId.TryParse(reader.GetString(0), out var gid) && Decision(reader.GetString(2), reader.IsDBNull(3) ? string.Empty : reader.GetString(3)) is { } decision
            ? new DecisionRow(gid, reader.GetString(1) == FatBarrierSql.ForcedOp, decision, At(reader, 4))
            : null;

    private static ForceRecord? Record(DbDataReader reader) =>
        GroupId.TryParse(reader.GetString(0), out var gid)
        && Decision(reader.GetString(1), string.Empty) is { } asked
        && Decision(reader.GetString(3), reader.IsDBNull(4) ? string.Empty : reader.GetString(4)) is { } standing
            ? new ForceRecord(
                gid, asked.Decision, reader.GetString(2) == "decided", standing, reader.GetString(5), reader.GetString(6), reader.GetString(7),
                At(reader, 8))
            : null;

    private FatAuditEntry Entry(DbDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), At(reader, 6), reader.GetString(5), DatabaseName.Text);

    private static DecisionRecord? Decision(string reason, string branches) => reason switch
    {
        "rolledback" => DecisionRecord.RolledBack,
        "committed" when BranchList.Parse(branches) is { } set => new DecisionRecord(Protocol.Decision.Committed, set),
        _ => null,
    };

    /// <summary>Drivers that know no time zones give what was stored, which is UTC.</summary>
    private static DateTimeOffset At(DbDataReader reader, int column) =>
        reader.GetDateTime(column) is { Kind: DateTimeKind.Unspecified } stored ? new DateTimeOffset(stored, TimeSpan.Zero) : new DateTimeOffset(reader.GetDateTime(column)).ToUniversalTime();

    private static string Text(Decision decision) => decision == Protocol.Decision.Committed ? "committed" : "rolledback";
}
