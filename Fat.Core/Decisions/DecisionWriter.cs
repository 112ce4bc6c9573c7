using System.Data.Common;
using Fat.Faults;
using Fat.Protocol;
using Fat.Resources;

namespace Fat.Decisions;

/// <summary>
/// Writes the decisions of groups whose root has no transaction to carry them: those that wait at the same time share one
/// statement and one flush of the server's log. Thread-safe.
/// </summary>
internal sealed class DecisionWriter(FatDatabase database, FatBarrierSql sql, IServiceProvider services, int connections)
    : ReservedQueue<DecisionWriter.Work>(database, services, connections)
{
    public Task<DecisionWrite> CommitAsync(GroupId gid, IReadOnlyCollection<BranchVote> branches)
    {
        var work = new Work(gid, BranchList.Format(branches), new TaskCompletionSource<DecisionWrite>(Database.Background.Completion));
        Submit(work);
        return work.Done.Task;
    }

    protected override async Task<bool> DoAsync(DbConnection connection, IReadOnlyList<Work> batch, CancellationToken cancellationToken)
    {
        GroupId[] groups = [.. batch.Select(work => work.Gid)];
        await Database.Faults.BeforeAsync(FaultPoint.Decide, groups).ConfigureAwait(false);
        var statement = sql.CommitMany([.. groups.Select(gid => gid.ToString())], [.. batch.Select(work => work.Branches)]);
        var command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = statement.Text;
            command.AddParameters(statement.Parameters);
            var written = await ReplicatedCommit.RunAsync(Database.Dialect, connection, () => WriteAsync(command, cancellationToken), cancellationToken).ConfigureAwait(false);
            await Database.Faults.AfterAsync(FaultPoint.Decide, groups).ConfigureAwait(false);
            foreach (var work in batch)
            {
                work.Done.TrySetResult(new DecisionWrite(
                    written.Contains(work.Gid.ToString()) ? DecisionResult.Committed : DecisionResult.RolledBackByRecovery));
            }
        }

        return true;
    }

    /// <summary>Returns the groups whose row was not there.</summary>
    private static async Task<HashSet<string>> WriteAsync(DbCommand command, CancellationToken cancellationToken)
    {
        var written = new HashSet<string>(StringComparer.Ordinal);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            // A dialect may need statements around the one that returns rows.
            do
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    written.Add(reader.GetString(0));
            }
            while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false));
        }

        return written;
    }

    protected override void Failed(IReadOnlyList<Work> batch, bool sent, Exception exception)
    {
        var notWritten = !sent || (exception is DbException database && Database.Dialect.IsRefusal(database));
        foreach (var work in batch)
            work.Done.TrySetResult(new DecisionWrite(notWritten ? DecisionResult.Failed : DecisionResult.Unknown, exception));
    }

    protected override void Abandon(Work work) => work.Done.TrySetResult(
        new DecisionWrite(DecisionResult.Failed, new OperationCanceledException("The process stops before the decision was written.")));

    internal sealed record Work(GroupId Gid, string Branches, TaskCompletionSource<DecisionWrite> Done);
}
