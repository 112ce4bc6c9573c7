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
    /// <summary>Incidents whose replay is due, oldest first.</summary>
    public Task<IReadOnlyList<Incident>> ListDueAsync(int mostAttempts, int most, CancellationToken cancellationToken) => connections.RunAsync(
        session => session.ReadAsync(sql.ListDue, JournalRows.Incident, instance.Service.Text, database.Name.Text, mostAttempts, most), cancellationToken);

    /// <summary>Null when there is no such incident.</summary>
    public async Task<Incident?> FindAsync(GroupId gid, BranchId branch, CancellationToken cancellationToken)
    {
        var found = await connections.RunAsync(session => session.ReadAsync(sql.Read, JournalRows.Incident, gid.ToString(), branch.Text), cancellationToken).ConfigureAwait(false);
        return found is [var incident] ? incident : null;
    }

    /// <summary>
    /// Begins an attempt to replay: it counts, whatever becomes of this process, and for so long nobody else begins one. Null when the
    /// incident has moved on.
    /// </summary>
    public async Task<Incident?> BeginAttemptAsync(Incident incident, TimeSpan most, CancellationToken cancellationToken)
    {
        var begun = await connections.RunAsync(
            session => session.ExecuteAsync(sql.Lease, incident.Gid.ToString(), incident.Branch.Text, incident.Version, most.TotalSeconds), cancellationToken)
            .ConfigureAwait(false);
        return begun == 1 ? incident with { Version = incident.Version + 1, Attempts = incident.Attempts + 1 } : null;
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
        await transaction.ExecuteAsync(sql.Mark, key, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>In the transaction of a replay, behind the method: with what there is to tell.</summary>
    public async Task CommitAsync(LocalTransaction transaction, Incident incident, CancellationToken cancellationToken)
    {
        await transaction.ExecuteAsync(
            sql.TellReplayed, [incident.Gid.ToString(), incident.Branch.Text, NewEvent(), IncidentKind.Replayed, instance.Text], cancellationToken).ConfigureAwait(false);
        await database.Faults.BeforeAsync(FaultPoint.Replay, incident.Gid).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        await database.Faults.AfterAsync(FaultPoint.Replay, incident.Gid).ConfigureAwait(false);
    }

    /// <summary>The attempt has failed. Nothing changes when it has committed after all.</summary>
    public Task FailAsync(Incident incident, string reason, TimeSpan pause, CancellationToken cancellationToken) => connections.TransactAsync(
        async session =>
        {
            var changed = await session.ExecuteAsync(sql.Fail, incident.Gid.ToString(), incident.Branch.Text, incident.Version, reason, pause.TotalSeconds).ConfigureAwait(false) == 1;
            if (changed)
                await TellAsync(session, incident.Gid, incident.Branch, IncidentKind.Failed, null).ConfigureAwait(false);
            return (changed, changed);
        },
        cancellationToken);

    /// <summary>Writes an event for what has just been changed, in the same transaction.</summary>
    public Task TellAsync(JournalSession session, GroupId gid, BranchId branch, string kind, string? who) =>
        session.ExecuteAsync(sql.Tell, gid.ToString(), branch.Text, NewEvent(), kind, who, instance.Text);

    private string NewEvent() => Guid.CreateVersion7(time.GetUtcNow()).ToString("D");
}
