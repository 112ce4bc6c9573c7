using Fat.Protocol;

namespace Fat.Journal;

/// <summary>
/// The statements on a journal and on the barrier rows of held branches, <c>(gid, branch, held, 01)</c>. Times are the server's. A change
/// of an incident names the version that it changes (rule H4), so of two at the same time one finds nothing to change.
/// </summary>
internal sealed class JournalSql
{
    private const string HeldRow = "op = 'held' AND barrier_id = '01'";
    private const string IsOpen = $"state IN ('{JournalState.Open}', '{JournalState.Failed}')";

    private const string IsNotOver = $"o.state IN ('{JournalState.Journalled}', '{JournalState.Open}', '{JournalState.Failed}')";

    private const string IsOver = $"state IN ('{JournalState.Replayed}', '{JournalState.Closed}')";

    private static readonly string[] Inserted =
    [
        "gid", "branch_id", "service", "database_name", "instance", "root_service", "decision_database", "call_service", "call_method", "call_name", "replay", "arguments",
        "problem",
    ];

    private readonly FatJournalSql _dialect;
    private readonly string _journal;
    private readonly string _barrier;

    public JournalSql(FatJournalSql dialect)
    {
        _dialect = dialect;
        (_journal, _barrier) = (dialect.Table, dialect.BarrierTable);
        var now = dialect.Now;
        var change = $"version = version + 1, update_time = {now}";
        Mark = $"INSERT INTO {_barrier} (trans_type, gid, branch_id, op, barrier_id, reason) VALUES ('fat', {P(1)}, {P(2)}, 'held', '01', 'held'){dialect.Flush}";
        TakeBack = $"DELETE FROM {_barrier} WHERE {Key} AND {HeldRow}";
        Open = $"UPDATE {_journal} SET state = '{JournalState.Open}', {change}, reason = CASE WHEN replay = 1 THEN {P(3)} ELSE {P(4)} END, next_time = {now} " +
            $"WHERE {Key} AND state = '{JournalState.Journalled}'";
        Tell = $"INSERT INTO {Events} (event_id, gid, branch_id, number, kind, reason, who, attempts, instance) " +
            $"SELECT {P(3)}, gid, branch_id, version, {P(4)}, reason, NULLIF({P(5)}, ''), attempts, {P(6)} FROM {_journal} WHERE {Key}";
        ListJournalled = $"SELECT gid, branch_id, root_service, decision_database, instance, {dialect.Age("create_time")} FROM {_journal} " +
            $"WHERE {Mine} AND state = '{JournalState.Journalled}' AND {dialect.Age("create_time")} >= {P(3)} ORDER BY create_time";
        CountOpen = $"SELECT count(*) FROM {_journal} WHERE {Mine} AND {IsOpen}";
        ListOpen = $"SELECT gid, branch_id FROM {_journal} WHERE state = '{JournalState.Journalled}'";
        Lease = $"UPDATE {_journal} SET {change}, attempts = attempts + 1, next_time = {dialect.Later(P(4))} WHERE {Key} AND version = {P(3)} AND {IsOpen}";
        Fail = $"UPDATE {_journal} SET state = '{JournalState.Failed}', {change}, reason = {P(4)}, next_time = {dialect.Later(P(5))} " +
            $"WHERE {Key} AND version = {P(3)} AND {IsOpen}";
        Close = $"UPDATE {_journal} SET state = '{JournalState.Closed}', {change}, reason = {P(4)}, next_time = NULL WHERE {Key} AND version = {P(3)} AND {IsOpen}";
        BeginTelling = $"UPDATE {Events} SET tries = tries + 1, next_time = {dialect.Later(P(3))} WHERE event_id = {P(1)} AND tries = {P(2)} AND told_time IS NULL";
        Handled = $"UPDATE {Events} SET handled = 1 WHERE event_id = {P(1)}";
        Told = $"UPDATE {Events} SET told_time = {now} WHERE event_id = {P(1)} AND told_time IS NULL";
        TellLater = $"UPDATE {Events} SET next_time = {dialect.Later(P(2))} WHERE event_id = {P(1)}";
    }

    /// <summary>The journal, and beside it what incidents have to tell.</summary>
    public string Create => _dialect.Create;

    /// <summary>In the branch's own transaction, and in whatever takes its place: p1 the group, p2 the branch.</summary>
    public string Mark { get; }

    /// <summary>Takes the row back that was just inserted: p1 the group, p2 the branch.</summary>
    public string TakeBack { get; }

    /// <summary>p1 the group, p2 the branch, p3 the reason where a replay is allowed, p4 where it is not: keeps everybody else from the row until the transaction ends.</summary>
    public string Open { get; }

    /// <summary>What has just changed: p1 the group, p2 the branch, p3 the event's id, p4 its kind, p5 who did it or an empty text, p6 the process.</summary>
    public string Tell { get; }

    /// <summary>Branches that wait for a decision: p1 the service, p2 the database, p3 the least age in seconds.</summary>
    public string ListJournalled { get; }

    /// <summary>Which states there are: p1 the service, p2 the database.</summary>
    public string ListStates => $"SELECT DISTINCT state FROM {_journal} WHERE {Mine}";

    /// <summary>How many incidents are open: p1 the service, p2 the database.</summary>
    public string CountOpen { get; }

    /// <summary>All branches that may not have obeyed yet.</summary>
    public string ListOpen { get; }

    /// <summary>Begins an attempt, which others leave alone meanwhile: p1 the group, p2 the branch, p3 the version, p4 for how many seconds.</summary>
    public string Lease { get; }

    /// <summary>The attempt has failed: p1 the group, p2 the branch, p3 the version, p4 why, p5 after how many seconds the next one comes.</summary>
    public string Fail { get; }

    /// <summary>p1 the group, p2 the branch, p3 the version, p4 the operator's note.</summary>
    public string Close { get; }

    /// <summary>Begins to tell, which others leave alone meanwhile: p1 the event, p2 how often it was begun before, p3 for how many seconds.</summary>
    public string BeginTelling { get; }

    /// <summary>The handlers know: p1 the event.</summary>
    public string Handled { get; }

    /// <summary>Everybody knows: p1 the event.</summary>
    public string Told { get; }

    /// <summary>p1 the event, p2 after how many seconds.</summary>
    public string TellLater { get; }

    /// <summary>p1 the group, p2 the branch.</summary>
    public string Read => $"{SelectIncident} WHERE {Key} AND state <> '{JournalState.Journalled}'";

    /// <summary>p1 the group.</summary>
    public string ListOfGroup => $"{SelectIncident} WHERE gid = {P(1)} AND state <> '{JournalState.Journalled}' ORDER BY branch_id";

    /// <summary>What has happened to an incident, oldest first: p1 the group, p2 the branch.</summary>
    public string ListEvents => $"{SelectEvent} WHERE e.gid = {P(1)} AND e.branch_id = {P(2)} ORDER BY e.number";

    private string Events => _journal + "_events";

    private string SelectEvent =>
        "SELECT e.gid, e.branch_id, e.event_id, e.kind, e.number, e.reason, e.who, e.attempts, e.instance, e.create_time, e.handled, e.tries, j.call_name " +
        $"FROM {Events} e JOIN {_journal} j ON j.gid = e.gid AND j.branch_id = e.branch_id";

    /// <summary>By its group and its branch.</summary>
    private string Key => $"gid = {P(1)} AND branch_id = {P(2)}";

    /// <summary>What this service calls by this name.</summary>
    private string Mine => $"service = {P(1)} AND database_name = {P(2)}";

    private string SelectIncident =>
        "SELECT gid, branch_id, service, database_name, instance, call_service, call_method, call_name, replay, arguments, problem, state, version, attempts, reason, " +
        $"create_time, update_time FROM {_journal}";

    /// <summary>Incidents to be replayed now, oldest first, of each group the first only: p1 the service, p2 the database, p3 the most attempts.</summary>
    public string ListDue(int most) => _dialect.First(
        $"{SelectIncident} WHERE {Mine} AND {IsOpen} AND replay = 1 AND attempts < {P(3)} AND (next_time IS NULL OR next_time <= {_dialect.Now}) " +
        $"AND NOT EXISTS (SELECT 1 FROM {_journal} o WHERE o.gid = {_journal}.gid AND o.service = {_journal}.service AND o.database_name = {_journal}.database_name AND {IsNotOver} " +
        $"AND (o.create_time < {_journal}.create_time OR (o.create_time = {_journal}.create_time AND o.branch_id < {_journal}.branch_id))) ORDER BY create_time, gid",
        most);

    /// <summary>Incidents, newest first: p1 the service, p2 the database.</summary>
    public string ListIncidents(bool onlyOpen, int most) => _dialect.First(
        $"{SelectIncident} WHERE {Mine} AND {(onlyOpen ? IsOpen : $"state <> '{JournalState.Journalled}'")} ORDER BY create_time DESC, gid DESC, branch_id DESC", most);

    /// <summary>What is to be told now, of each incident the oldest only: p1 the service, p2 the database.</summary>
    public string ListUntold(int most) => _dialect.First(
        $"{SelectEvent} WHERE j.service = {P(1)} AND j.database_name = {P(2)} AND e.told_time IS NULL AND (e.next_time IS NULL OR e.next_time <= {_dialect.Now}) " +
        $"AND NOT EXISTS (SELECT 1 FROM {Events} o WHERE o.gid = e.gid AND o.branch_id = e.branch_id AND o.number < e.number AND o.told_time IS NULL) ORDER BY e.create_time",
        most);

    /// <summary>Incidents that ended long ago: p1 the service, p2 the database, p3 how many seconds.</summary>
    public string ListOver(int most) => _dialect.First(
        $"SELECT gid, branch_id FROM {_journal} WHERE {Mine} AND {IsOver} AND {_dialect.Age("update_time")} >= {P(3)} ORDER BY update_time", most);

    /// <summary>Deletes so many incidents that have ended.</summary>
    public string Purge(int incidents) => $"DELETE FROM {_journal} WHERE {IsOver} AND ({Keys(incidents)})";

    /// <summary>Deletes what so many incidents had to tell.</summary>
    public string PurgeEvents(int incidents) => $"DELETE FROM {Events} WHERE {Keys(incidents)}";

    /// <summary>Incidents whose replays nobody has come back from: p1 the service, p2 the database, p3 the most attempts.</summary>
    public string ListGivenUp(int most) => _dialect.First(
        $"{SelectIncident} WHERE {Mine} AND state = '{JournalState.Open}' AND replay = 1 AND attempts >= {P(3)} AND next_time <= {_dialect.Now} ORDER BY create_time", most);

    /// <summary>An insert for so many branches at once.</summary>
    public string Insert(int rows)
    {
        var values = Enumerable.Range(0, rows).Select(row => $"({string.Join(", ", Enumerable.Range(row * Inserted.Length + 1, Inserted.Length).Select(P))})");
        return $"INSERT INTO {_journal} ({string.Join(", ", Inserted)}) VALUES {string.Join(", ", values)}{_dialect.Flush}";
    }

    /// <summary>Deletes what so many branches have left in the journal that is no incident: the group and the branch of each.</summary>
    public string Forget(int branches) => $"DELETE FROM {_journal} WHERE state = '{JournalState.Journalled}' AND ({Keys(branches)})";

    /// <summary>Deletes the barrier rows of so many branches, but for those of which the journal still speaks.</summary>
    public string Unmark(int branches) =>
        $"DELETE FROM {_barrier} WHERE {HeldRow} AND ({Keys(branches)}) " +
        $"AND NOT EXISTS (SELECT 1 FROM {_journal} j WHERE j.gid = {_barrier}.gid AND j.branch_id = {_barrier}.branch_id)";

    /// <summary>Which of so many branches have committed.</summary>
    public string ListMarked(int branches) => $"SELECT gid, branch_id FROM {_barrier} WHERE {HeldRow} AND ({Keys(branches)})";

    /// <summary>In the transaction of a replay, before the method: takes the row, if it is still the one of the attempt. p1 the group, p2 the branch.</summary>
    public string Replayed(int version) => FormattableString.Invariant(
        $"UPDATE {_journal} SET state = '{JournalState.Replayed}', version = version + 1, update_time = {_dialect.Now}, reason = NULL, next_time = NULL WHERE {Key} AND version = {version} AND {IsOpen}");

    /// <summary>One when <see cref="Replayed"/> has taken it.</summary>
    public string IsReplayed(GroupId gid, BranchId branch, int version) => FormattableString.Invariant(
        $"SELECT 1 FROM {_journal} WHERE gid = '{gid}' AND branch_id = '{branch}' AND version = {version + 1} AND state = '{JournalState.Replayed}'");

    private string Keys(int branches) =>
        string.Join(" OR ", Enumerable.Range(0, branches).Select(branch => $"(gid = {P(branch * 2 + 1)} AND branch_id = {P(branch * 2 + 2)})"));

    private string P(int number) => _dialect.Parameter(number);
}
