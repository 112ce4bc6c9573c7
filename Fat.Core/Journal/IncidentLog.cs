using System.Data.Common;
using Fat.Faults;
using Fat.Protocol;
using Fat.Resources;

namespace Fat.Journal;

/// <summary>
/// The incidents of one journal. Each change names the version that it changes (rule H4): one that has moved on is left as it is. What an
/// incident has to tell is written with each change. Thread-safe.
/// </summary>
internal sealed class IncidentLog(FatDatabase database, JournalSql sql, JournalConnections connections, InstanceId instance, TimeProvider time)
{
    private const int LargestBatch = 100;

    private volatile bool _hasNews;

    /// <summary>True once when this process may have written something that nobody was told of yet.</summary>
    public bool TakeNews()
    {
        var had = _hasNews;
        _hasNews = false;
        return had;
    }

    /// <summary>Incidents whose replay is due, oldest first; of each group the first of those that are not over.</summary>
    public Task<IReadOnlyList<Incident>> ListDueAsync(int mostAttempts, int most, CancellationToken cancellationToken) => connections.RunAsync(
        session => session.ReadAsync(sql.ListDue(most), JournalRows.Incident, instance.Service.Text, database.Name.Text, mostAttempts), cancellationToken);

    /// <summary>Incidents whose last allowed attempt ended with its process.</summary>
    public Task<IReadOnlyList<Incident>> ListGivenUpAsync(int mostAttempts, CancellationToken cancellationToken) => connections.RunAsync(
        session => session.ReadAsync(sql.ListGivenUp(LargestBatch), JournalRows.Incident, instance.Service.Text, database.Name.Text, mostAttempts), cancellationToken);

    /// <summary>The incidents of a group, also those of other services that share the table.</summary>
    public Task<IReadOnlyList<Incident>> ListOfGroupAsync(GroupId gid, CancellationToken cancellationToken) =>
        connections.RunAsync(session => session.ReadAsync(sql.ListOfGroup, JournalRows.Incident, gid.ToString()), cancellationToken);

    /// <summary>Null when there is no such incident.</summary>
    public async Task<Incident?> FindAsync(GroupId gid, BranchId branch, CancellationToken cancellationToken)
    {
        var found = await connections.RunAsync(session => session.ReadAsync(sql.Read, JournalRows.Incident, gid.ToString(), branch.Text), cancellationToken).ConfigureAwait(false);
        return found is [var incident] ? incident : null;
    }

    /// <summary>How many are open.</summary>
    public async Task<long> CountOpenAsync(CancellationToken cancellationToken)
    {
        var counts = await connections.RunAsync(
            session => session.ReadAsync(sql.CountOpen, static row => row.GetInt64(0), instance.Service.Text, database.Name.Text), cancellationToken).ConfigureAwait(false);
        return counts[0];
    }

    /// <summary>Incidents, newest first.</summary>
    public Task<IReadOnlyList<Incident>> ListAsync(bool onlyOpen, int most, CancellationToken cancellationToken) => connections.RunAsync(
        session => session.ReadAsync(sql.ListIncidents(onlyOpen, most), JournalRows.Incident, instance.Service.Text, database.Name.Text), cancellationToken);

    /// <summary>What has happened to an incident, oldest first.</summary>
    public Task<IReadOnlyList<IncidentEvent>> ListEventsAsync(GroupId gid, BranchId branch, CancellationToken cancellationToken) => connections.RunAsync(
        session => session.ReadAsync(sql.ListEvents, JournalRows.Event, gid.ToString(), branch.Text), cancellationToken);

    /// <summary>
    /// Begins an attempt to replay: it counts, whatever becomes of this process, and for so long nobody else begins one. Null when the
    /// incident has moved on.
    /// </summary>
    /// <param name="incident">The incident.</param>
    /// <param name="most">For how long.</param>
    /// <param name="by">Who wants it and why, for the audit table; null when nobody does.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Incident?> BeginAttemptAsync(Incident incident, TimeSpan most, (string Who, string Why)? by, CancellationToken cancellationToken)
    {
        try
        {
            return await connections.TransactAsync(
                async session =>
                {
                    if (await session.ExecuteAsync(sql.Lease, incident.Gid.ToString(), incident.Branch.Text, incident.Version, most.TotalSeconds).ConfigureAwait(false) != 1)
                        return ((Incident?)null, false);
                    if (by is var (who, why))
                        await RecordAsync(session, incident, "replay", who, why).ConfigureAwait(false);
                    return (incident with { Version = incident.Version + 1, Attempts = incident.Attempts + 1 }, true);
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (DbException exception) when (database.Dialect.IsLockTimeout(exception))
        {
            // Nothing has changed: a replay that takes longer than it was given still has the row.
            return null;
        }
    }

    /// <summary>False when the incident has moved on.</summary>
    public Task<bool> CloseAsync(Incident incident, string by, string note, CancellationToken cancellationToken) => connections.TransactAsync(
        async session =>
        {
            if (await session.ExecuteAsync(sql.Close, incident.Gid.ToString(), incident.Branch.Text, incident.Version, note).ConfigureAwait(false) != 1)
                return (false, false);
            await TellAsync(session, incident.Gid, incident.Branch, IncidentKind.Closed, by).ConfigureAwait(false);
            await RecordAsync(session, incident, "close", by, note).ConfigureAwait(false);
            return (true, true);
        },
        cancellationToken);

    /// <summary>What is to be told now, of each incident the oldest only.</summary>
    public Task<IReadOnlyList<IncidentEvent>> ListUntoldAsync(CancellationToken cancellationToken) => connections.RunAsync(
        session => session.ReadAsync(sql.ListUntold(LargestBatch), JournalRows.Event, instance.Service.Text, database.Name.Text), cancellationToken);

    /// <summary>Begins to tell, for so long by nobody else. False when somebody else was first.</summary>
    public Task<bool> BeginTellingAsync(IncidentEvent happened, TimeSpan most, CancellationToken cancellationToken) => connections.RunAsync(
        async session => await session.ExecuteAsync(sql.BeginTelling, happened.Id, happened.Tries, most.TotalSeconds).ConfigureAwait(false) == 1, cancellationToken);

    /// <summary>The handlers need not be told again.</summary>
    public Task HandledAsync(IncidentEvent happened, CancellationToken cancellationToken) =>
        connections.RunAsync(session => session.ExecuteAsync(sql.Handled, happened.Id), cancellationToken);

    /// <summary>Nobody needs to be told again; the incident's next event can be.</summary>
    public async Task ToldAsync(IncidentEvent happened, CancellationToken cancellationToken)
    {
        await connections.RunAsync(session => session.ExecuteAsync(sql.Told, happened.Id), cancellationToken).ConfigureAwait(false);
        _hasNews = true;
    }

    public Task TellLaterAsync(IncidentEvent happened, TimeSpan pause, CancellationToken cancellationToken) =>
        connections.RunAsync(session => session.ExecuteAsync(sql.TellLater, happened.Id, pause.TotalSeconds), cancellationToken);

    /// <summary>Deletes incidents that ended so long ago, with all that they have told and their barrier rows.</summary>
    public async Task PurgeAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        int purged;
        do
        {
            purged = await connections.TransactAsync(
                async session =>
                {
                    var over = await session.ReadAsync(sql.ListOver(LargestBatch), JournalRows.Branch, instance.Service.Text, database.Name.Text, age.TotalSeconds)
                        .ConfigureAwait(false);
                    if (over.Count == 0)
                        return (0, false);
                    object?[] keys = [.. over.SelectMany(row => new object?[] { row!.Value.Gid.ToString(), row.Value.Branch.Text })];
                    await session.ExecuteAsync(sql.PurgeEvents(over.Count), keys).ConfigureAwait(false);
                    await session.ExecuteAsync(sql.Purge(over.Count), keys).ConfigureAwait(false);
                    await session.ExecuteAsync(sql.Unmark(over.Count), keys).ConfigureAwait(false);
                    return (over.Count, true);
                },
                cancellationToken).ConfigureAwait(false);
        }
        while (purged == LargestBatch);
    }

    /// <summary>
    /// In the transaction of a replay, before the method: the incident is replayed, if this commits, and the branch's barrier row keeps
    /// everybody else from it. False when the incident has moved on; the caller rolls back.
    /// </summary>
    public async Task<bool> TakeAsync(LocalTransaction transaction, Incident incident, CancellationToken cancellationToken)
    {
        string[] key = [incident.Gid.ToString(), incident.Branch.Text];
        await transaction.ExecuteAsync(sql.Replayed(incident.Version), key, cancellationToken).ConfigureAwait(false);
        if (await transaction.QueryAsync(sql.IsReplayed(incident.Gid, incident.Branch, incident.Version), cancellationToken).ConfigureAwait(false) is null)
            return false;
        try
        {
            await transaction.ExecuteAsync(sql.Mark, key, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (DbException exception) when (database.Dialect.IsDuplicateKey(exception))
        {
            // Rolled back by the caller: this very attempt has committed before, and nobody heard.
            return false;
        }
    }

    /// <summary>In the transaction of a replay, behind the method: with what there is to tell.</summary>
    public async Task CommitAsync(LocalTransaction transaction, Incident incident, string? by, CancellationToken cancellationToken)
    {
        await transaction.ExecuteAsync(
            sql.Tell, [incident.Gid.ToString(), incident.Branch.Text, NewEvent(), IncidentKind.Replayed, by ?? string.Empty, instance.Text], cancellationToken)
            .ConfigureAwait(false);
        _hasNews = true;
        await database.Faults.BeforeAsync(FaultPoint.Replay, incident.Gid).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        await database.Faults.AfterAsync(FaultPoint.Replay, incident.Gid).ConfigureAwait(false);
    }

    /// <summary>The attempt has failed. Nothing changes when it has committed after all.</summary>
    public async Task FailAsync(Incident incident, string reason, TimeSpan pause, string? by, CancellationToken cancellationToken)
    {
        var text = JournalText.Of(reason);
        try
        {
            await WriteFailureAsync(incident, text, pause, by, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException refused) when (!text.All(char.IsAscii) && database.Dialect.IsRefusal(refused) && !database.Dialect.IsLockTimeout(refused))
        {
            // Nothing was written: a database in another encoding than UTF8 may not have the reason's characters.
            await WriteFailureAsync(incident, JournalText.Ascii(text), pause, by, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task<bool> WriteFailureAsync(Incident incident, string reason, TimeSpan pause, string? by, CancellationToken cancellationToken) => connections.TransactAsync(
        async session =>
        {
            var changed = await session.ExecuteAsync(sql.Fail, incident.Gid.ToString(), incident.Branch.Text, incident.Version, reason, pause.TotalSeconds).ConfigureAwait(false) == 1;
            if (changed)
                await TellAsync(session, incident.Gid, incident.Branch, IncidentKind.Failed, by).ConfigureAwait(false);
            return (changed, changed);
        },
        cancellationToken);

    /// <summary>Writes an event for what has just been changed, in the same transaction.</summary>
    public async Task TellAsync(SqlSession session, GroupId gid, BranchId branch, string kind, string? by)
    {
        await session.ExecuteAsync(sql.Tell, gid.ToString(), branch.Text, NewEvent(), kind, by ?? string.Empty, instance.Text).ConfigureAwait(false);
        _hasNews = true;
    }

    /// <summary>In the audit table, beside forced decisions, which it does not touch: nothing deletes from it.</summary>
    private Task<int> RecordAsync(SqlSession session, Incident incident, string what, string who, string why) => session.ExecuteAsync(
        database.Barrier!.Record, incident.Gid.ToString(), what, "incident", "committed", incident.Branch.Text, who, why, instance.Text);

    private string NewEvent() => Guid.CreateVersion7(time.GetUtcNow()).ToString("D");
}
