using System.Data;
using System.Globalization;

namespace Fat.Testing.Data;

/// <summary>The barrier table and the audit table of a server in memory: rows like others, so that one decision waits for another that is not committed yet.</summary>
internal sealed class MemoryBarrier(MemoryServer server)
{
    private const string Barrier = "fat_barrier";
    private const string Audit = "fat_audit";
    private const string Committed = "committed";
    private const string RolledBack = "rolledback";

    private static readonly MemoryBarrierSql Sql = MemoryBarrierSql.Instance;
    private int _audited;

    /// <summary>Runs a statement; null when it is none of the barrier's.</summary>
    public async ValueTask<DataTable?> RunAsync(Session session, string statement, IReadOnlyList<object?> parameters, CancellationToken cancellationToken)
    {
        if (statement == Sql.Create)
            return Affected(0);
        if (statement == Sql.Commit)
            return await CommitAsync(session, Text(parameters[0]), Text(parameters[1]), cancellationToken).ConfigureAwait(false);
        if (statement == Sql.RollBack)
            return Affected(await InsertAsync(session, Text(parameters[0]), FatBarrierSql.DecisionOp, RolledBack, null, cancellationToken).ConfigureAwait(false));
        if (statement == MemoryBarrierSql.ManyCommit)
            return await CommitManyAsync(session, Texts(parameters[0]), Texts(parameters[1]), cancellationToken).ConfigureAwait(false);
        if (statement == MemoryBarrierSql.ManyDeleteCommitted)
            return await DeleteAsync(session, Texts(parameters[0]), Committed, cancellationToken).ConfigureAwait(false);
        if (statement == MemoryBarrierSql.ManyDeleteRolledBack)
            return await DeleteAsync(session, Texts(parameters[0]), RolledBack, cancellationToken).ConfigureAwait(false);
        if (statement == Sql.Force)
            return Affected(await InsertAsync(session, Text(parameters[0]), Text(parameters[1]), Text(parameters[2]), Text(parameters[3]), cancellationToken).ConfigureAwait(false));
        if (statement == Sql.Overrule)
            return await OverruleAsync(session, Text(parameters[0]), Text(parameters[1]), Text(parameters[2]), cancellationToken).ConfigureAwait(false);
        if (statement == Sql.Record)
            return await RecordAsync(session, parameters, cancellationToken).ConfigureAwait(false);
        return Read(session, statement, parameters);
    }

    private DataTable? Read(Session session, string statement, IReadOnlyList<object?> parameters)
    {
        if (statement == Sql.Read)
            return Result(Rows(session).Where(row => row.Gid == Text(parameters[0]) && row.Op == FatBarrierSql.DecisionOp).Select(row => new object?[] { row.Reason, row.Payload }));
        if (statement == MemoryBarrierSql.ManyRead)
            return Result(Rows(session).Where(row => Texts(parameters[0]).Contains(row.Gid)).Select(Shown));
        if (statement == Sql.ListEnded)
            return Result(Rows(session).Where(row => row.Op == FatBarrierSql.DecisionOp).OrderByDescending(row => row.At).Take(Number(parameters[0])).Select(Shown));
        if (statement == Sql.ListCommitted)
        {
            return Result(Decided(session, Committed, parameters[0]).Where(row => string.CompareOrdinal(row.Gid, Text(parameters[1])) > 0)
                .OrderBy(row => row.Gid, StringComparer.Ordinal).Take(Number(parameters[2])).Select(row => new object?[] { row.Gid, row.Payload ?? string.Empty, Age(row).TotalSeconds }));
        }

        if (statement == Sql.ListRolledBack)
            return Result(Decided(session, RolledBack, parameters[0]).Take(Number(parameters[1])).Select(row => new object?[] { row.Gid }));
        if (statement == Sql.ListRecords)
        {
            return Result(Entries(session, parameters).Where(entry => entry.Decision is Committed or RolledBack).Take(Number(parameters[1]))
                .Select(entry => new object?[] { entry.Gid, entry.Decision, entry.Effect, entry.Standing, entry.Branches, entry.Who, entry.Why, entry.Instance, entry.At.UtcDateTime }));
        }

        if (statement == Sql.ListAudit)
        {
            return Result(Entries(session, parameters).Take(Number(parameters[1]))
                .Select(entry => new object?[] { entry.Gid, entry.Decision, entry.Effect, entry.Who, entry.Why, entry.Instance, entry.At.UtcDateTime }));
        }

        return null;
    }

    private async ValueTask<DataTable> CommitAsync(Session session, string gid, string branches, CancellationToken cancellationToken)
    {
        await InsertAsync(session, gid, FatBarrierSql.DecisionOp, Committed, branches, cancellationToken, isNew: true).ConfigureAwait(false);
        return Affected(1);
    }

    private async ValueTask<DataTable> CommitManyAsync(Session session, IReadOnlyList<string> groups, IReadOnlyList<string> branches, CancellationToken cancellationToken)
    {
        var written = new List<object?[]>();
        for (var i = 0; i < groups.Count; i++)
        {
            if (await InsertAsync(session, groups[i], FatBarrierSql.DecisionOp, Committed, branches[i], cancellationToken).ConfigureAwait(false) == 1)
                written.Add([groups[i]]);
        }

        return Result(written);
    }

    private async ValueTask<int> InsertAsync(
        Session session, string gid, string op, string reason, string? payload, CancellationToken cancellationToken, bool isNew = false)
    {
        var row = new DecisionRow(gid, op, reason, string.IsNullOrEmpty(payload) && !isNew ? null : payload, server.Time.GetUtcNow(), server.Time.GetTimestamp());
        var kind = await server.ChangeAsync(
            session, new RowKey(Barrier, (gid, op)),
            (exists, _) => exists && isNew
                ? throw new MemoryDbException(MemoryDbException.DuplicateKey, $"group {gid} has a decision already")
                : exists ? Change.None : Change.To(row),
            isBusiness: false, cancellationToken).ConfigureAwait(false);
        return kind == ChangeKind.Write ? 1 : 0;
    }

    private async ValueTask<DataTable> DeleteAsync(Session session, IReadOnlyList<string> groups, string reason, CancellationToken cancellationToken)
    {
        var deleted = 0;
        foreach (var gid in groups)
        {
            var kind = await server.ChangeAsync(
                session, new RowKey(Barrier, (gid, FatBarrierSql.DecisionOp)),
                (exists, value) => exists && ((DecisionRow)value!).Reason == reason ? Change.Removal : Change.None, isBusiness: false, cancellationToken).ConfigureAwait(false);
            deleted += kind == ChangeKind.Remove ? 1 : 0;
        }

        return Affected(deleted);
    }

    private async ValueTask<DataTable> OverruleAsync(Session session, string gid, string reason, string branches, CancellationToken cancellationToken)
    {
        var payload = branches.Length == 0 ? null : branches;
        await server.ChangeAsync(
            session, new RowKey(Barrier, (gid, FatBarrierSql.ForcedOp)),
            (exists, value) => exists ? Change.To((DecisionRow)value! with { Reason = reason, Payload = payload }) : Change.None,
            isBusiness: false, cancellationToken).ConfigureAwait(false);
        foreach (var (key, value) in server.ReadAll(session, Audit))
        {
            var entry = (AuditRow)value!;
            if (entry.Gid == gid && entry.Decision is Committed or RolledBack)
            {
                await server.ChangeAsync(
                    session, new RowKey(Audit, key), (_, _) => Change.To(entry with { Effect = "none", Standing = reason, Branches = payload }), isBusiness: false,
                    cancellationToken).ConfigureAwait(false);
            }
        }

        return Affected(1);
    }

    private async ValueTask<DataTable> RecordAsync(Session session, IReadOnlyList<object?> parameters, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _audited);
        var branches = Text(parameters[4]);
        var entry = new AuditRow(
            number, Text(parameters[0]), Text(parameters[1]), Text(parameters[2]), Text(parameters[3]), branches.Length == 0 ? null : branches, Text(parameters[5]),
            Text(parameters[6]), Text(parameters[7]), server.Time.GetUtcNow());
        await server.ChangeAsync(session, new RowKey(Audit, number), (_, _) => Change.To(entry), isBusiness: false, cancellationToken).ConfigureAwait(false);
        return Affected(1);
    }

    private IEnumerable<DecisionRow> Rows(Session session) => server.ReadAll(session, Barrier).Select(pair => (DecisionRow)pair.Value!);

    private IEnumerable<DecisionRow> Decided(Session session, string reason, object? age) =>
        Rows(session).Where(row => row.Op == FatBarrierSql.DecisionOp && row.Reason == reason && Age(row).TotalSeconds > Convert.ToDouble(age, CultureInfo.InvariantCulture));

    private IEnumerable<AuditRow> Entries(Session session, IReadOnlyList<object?> parameters) => server.ReadAll(session, Audit).Select(pair => (AuditRow)pair.Value!)
        .Where(entry => Text(parameters[0]) is { Length: > 0 } gid ? entry.Gid == gid : true).OrderByDescending(entry => entry.Number);

    private TimeSpan Age(DecisionRow row) => server.Time.GetElapsedTime(row.Written);

    private static object?[] Shown(DecisionRow row) => [row.Gid, row.Op, row.Reason, row.Payload, row.At.UtcDateTime];

    private static string Text(object? parameter) => parameter as string ?? string.Empty;

    private static int Number(object? parameter) => Convert.ToInt32(parameter, CultureInfo.InvariantCulture);

    private static IReadOnlyList<string> Texts(object? parameter) => (IReadOnlyList<string>)parameter!;

    private static DataTable Affected(int rows) => MemoryResult.Affected(rows);

    private static DataTable Result(IEnumerable<object?[]> rows) => MemoryResult.Of(rows);

    private sealed record AuditRow(
        int Number, string Gid, string Decision, string Effect, string Standing, string? Branches, string Who, string Why, string Instance, DateTimeOffset At);
}
