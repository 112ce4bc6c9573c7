using System.Globalization;
using Fat.Protocol;

namespace Fat.Journal;

/// <summary>
/// The statements on a journal and on the barrier rows of held branches, <c>(gid, branch, held, 01)</c>. Times are the server's. A change
/// of an incident names the version that it changes (rule H4), so of two at the same time one finds nothing to change.
/// </summary>
internal sealed class JournalSql(string journal, string barrier)
{
    private const string Now = "clock_timestamp()";
    private const string Key = "gid = @p1 AND branch_id = @p2";
    private const string HeldRow = "op = 'held' AND barrier_id = '01'";
    private const string IsOpen = $"state IN ('{JournalState.Open}', '{JournalState.Failed}')";
    private const int Columns = 13;

    private const string Incident =
        "gid, branch_id, service, database_name, instance, call_service, call_method, call_name, replay, arguments, problem, state, version, attempts, reason, create_time, update_time";

    /// <summary>The journal, and beside it what incidents have to tell.</summary>
    public string Create { get; } = Resource("postgres-create-journal").Replace("{journal}", journal, StringComparison.Ordinal);

    /// <summary>In the branch's own transaction, and in whatever takes its place: p1 the group, p2 the branch.</summary>
    public string Mark { get; } =
        $"INSERT INTO {barrier} (trans_type, gid, branch_id, op, barrier_id, reason) VALUES ('fat', @p1, @p2, 'held', '01', 'held')";

    /// <summary>Takes the row back that was just inserted: p1 the group, p2 the branch.</summary>
    public string TakeBack { get; } = $"DELETE FROM {barrier} WHERE {Key} AND {HeldRow}";

    /// <summary>p1 the group, p2 the branch, p3 the reason where a replay is allowed, p4 where it is not: keeps everybody else from the row until the transaction ends.</summary>
    public string Open { get; } =
        $"UPDATE {journal} SET state = '{JournalState.Open}', version = version + 1, reason = CASE WHEN replay = 1 THEN @p3 ELSE @p4 END, " +
        $"next_time = {Now}, update_time = {Now} WHERE {Key} AND state = '{JournalState.Journalled}'";

    /// <summary>What has just changed: p1 the group, p2 the branch, p3 the event's id, p4 its kind, p5 who did it, p6 the process.</summary>
    public string Tell { get; } = Event(journal, "@p5", "@p6");

    /// <summary>The same by nobody: p1 the group, p2 the branch, p3 the event's id, p4 its kind, p5 the process.</summary>
    public string TellReplayed { get; } = Event(journal, "NULL", "@p5");

    /// <summary>Branches that wait for a decision and are older: p1 the service, p2 the database, p3 the age in seconds.</summary>
    public string ListJournalled { get; } =
        $"SELECT gid, branch_id, root_service, decision_database, instance, {Age("create_time")} FROM {journal} " +
        $"WHERE service = @p1 AND database_name = @p2 AND state = '{JournalState.Journalled}' AND create_time < {Before("@p3")} ORDER BY create_time";

    /// <summary>All branches that may not have obeyed yet.</summary>
    public string ListOpen { get; } = $"SELECT gid, branch_id FROM {journal} WHERE state = '{JournalState.Journalled}'";

    /// <summary>Incidents to be replayed now, oldest first: p1 the service, p2 the database, p3 the most attempts, p4 how many.</summary>
    public string ListDue { get; } =
        $"SELECT {Incident} FROM {journal} WHERE service = @p1 AND database_name = @p2 AND {IsOpen} AND replay = 1 AND attempts < @p3 " +
        $"AND (next_time IS NULL OR next_time <= {Now}) ORDER BY create_time LIMIT @p4";

    /// <summary>p1 the group, p2 the branch.</summary>
    public string Read { get; } = $"SELECT {Incident} FROM {journal} WHERE {Key} AND state <> '{JournalState.Journalled}'";

    /// <summary>Begins an attempt, which others leave alone meanwhile: p1 the group, p2 the branch, p3 the version, p4 for how many seconds.</summary>
    public string Lease { get; } =
        $"UPDATE {journal} SET attempts = attempts + 1, version = version + 1, next_time = {After("@p4")}, update_time = {Now} " +
        $"WHERE {Key} AND version = @p3 AND {IsOpen}";

    /// <summary>The attempt has failed: p1 the group, p2 the branch, p3 the version, p4 why, p5 after how many seconds the next one comes.</summary>
    public string Fail { get; } =
        $"UPDATE {journal} SET state = '{JournalState.Failed}', version = version + 1, reason = @p4, next_time = {After("@p5")}, update_time = {Now} " +
        $"WHERE {Key} AND version = @p3 AND {IsOpen}";

    /// <summary>An insert for so many branches at once.</summary>
    public string Insert(int rows)
    {
        var values = Enumerable.Range(0, rows).Select(row => $"({string.Join(", ", Enumerable.Range(row * Columns + 1, Columns).Select(Parameter))})");
        return "INSERT INTO " + journal + " (gid, branch_id, service, database_name, instance, root_service, decision_database, call_service, call_method, call_name, " +
            "replay, arguments, problem) VALUES " + string.Join(", ", values);
    }

    /// <summary>Deletes what so many branches have left in the journal that is no incident: the group and the branch of each.</summary>
    public string Forget(int branches) => $"DELETE FROM {journal} WHERE state = '{JournalState.Journalled}' AND ({Keys(branches)})";

    /// <summary>Deletes the barrier rows of so many branches, but for those of which the journal still speaks.</summary>
    public string Unmark(int branches) =>
        $"DELETE FROM {barrier} WHERE {HeldRow} AND ({Keys(branches)}) " +
        $"AND NOT EXISTS (SELECT 1 FROM {journal} j WHERE j.gid = {barrier}.gid AND j.branch_id = {barrier}.branch_id)";

    /// <summary>Which of so many branches have committed.</summary>
    public string ListMarked(int branches) => $"SELECT gid, branch_id FROM {barrier} WHERE {HeldRow} AND ({Keys(branches)})";

    /// <summary>In the transaction of a replay, before the method: takes the row, if it is still the one of the attempt.</summary>
    public string Replayed(int version) =>
        $"UPDATE {journal} SET state = '{JournalState.Replayed}', version = version + 1, reason = NULL, next_time = NULL, update_time = {Now} " +
        $"WHERE {Key} AND version = {Text(version)} AND {IsOpen}";

    /// <summary>One when <see cref="Replayed"/> has taken it.</summary>
    public string IsReplayed(GroupId gid, BranchId branch, int version) =>
        $"SELECT 1 FROM {journal} WHERE gid = '{gid}' AND branch_id = '{branch}' AND version = {Text(version + 1)} AND state = '{JournalState.Replayed}'";

    private static string Event(string journal, string who, string instance) =>
        $"INSERT INTO {journal}_events (event_id, gid, branch_id, number, kind, reason, who, attempts, instance) " +
        $"SELECT @p3, gid, branch_id, version, @p4, reason, {who}, attempts, {instance} FROM {journal} WHERE {Key}";

    private static string Age(string column) => $"extract(epoch FROM {Now} - {column})::float8";

    private static string Before(string seconds) => $"{Now} - make_interval(secs => {seconds})";

    private static string After(string seconds) => $"{Now} + make_interval(secs => {seconds})";

    private static string Keys(int branches) =>
        string.Join(" OR ", Enumerable.Range(0, branches).Select(branch => $"(gid = {Parameter(branch * 2 + 1)} AND branch_id = {Parameter(branch * 2 + 2)})"));

    private static string Parameter(int number) => "@p" + Text(number);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Resource(string name)
    {
        using var stream = typeof(JournalSql).Assembly.GetManifestResourceStream($"Fat.Sql.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
