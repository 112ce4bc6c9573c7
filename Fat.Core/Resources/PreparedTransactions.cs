using System.Data.Common;
using Fat.Faults;
using Fat.Protocol;

namespace Fat.Resources;

/// <summary>
/// Commits and rolls back prepared transactions of one database, many in a round trip. Finishing one that is already
/// finished counts as done: it is only ever asked for once the decision is known. Thread-safe.
/// </summary>
internal sealed class PreparedTransactions(FatDatabase database, IServiceProvider services, int connections)
    : ReservedQueue<PreparedTransactions.Work>(database, services, connections)
{
    public FatName DatabaseName => Database.Name;

    /// <summary>
    /// Obeys the decision. When it throws, the branch is still in doubt, or was finished and nobody heard: ask again.
    /// </summary>
    public Task FinishAsync(PreparedName name, Decision decision)
    {
        var work = new Work(name, decision, new TaskCompletionSource(Database.Background.Completion));
        Submit(work);
        return work.Done.Task;
    }

    protected override async Task<bool> DoAsync(DbConnection connection, IReadOnlyList<Work> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 1 || !await TryTogetherAsync(connection, batch, cancellationToken).ConfigureAwait(false))
        {
            foreach (var work in batch)
                await OneAsync(connection, work, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    protected override void Failed(IReadOnlyList<Work> batch, bool sent, Exception exception)
    {
        foreach (var work in batch)
            work.Done.TrySetException(exception);
    }

    protected override void Abandon(Work work) =>
        work.Done.TrySetException(new OperationCanceledException($"The process stops before '{work.Name}' was finished; recovery finishes it."));

    /// <summary>False when some command failed: the caller repeats them one by one to learn which.</summary>
    private async Task<bool> TryTogetherAsync(DbConnection connection, IReadOnlyList<Work> batch, CancellationToken cancellationToken)
    {
        if (!connection.CanCreateBatch)
            return false;
        var commands = connection.CreateBatch();
        await using (commands.ConfigureAwait(false))
        {
            if (!Database.Dialect.MakeIndependent(commands))
                return false;
            var (commits, rollsBack) = (false, false);
            foreach (var work in batch)
            {
                var command = commands.CreateBatchCommand();
                command.CommandText = Statement(work);
                commands.BatchCommands.Add(command);
                commits |= work.Decision == Decision.Committed;
                rollsBack |= work.Decision == Decision.RolledBack;
            }

            GroupId[] groups = [.. batch.Select(work => work.Name.Gid)];
            try
            {
                if (commits)
                    await Database.Faults.BeforeAsync(FaultPoint.CommitPrepared, groups).ConfigureAwait(false);
                if (rollsBack)
                    await Database.Faults.BeforeAsync(FaultPoint.RollBackPrepared, groups).ConfigureAwait(false);
                await ReplicatedCommit.RunAsync(Database.Dialect, connection, () => commands.ExecuteNonQueryAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
                if (commits)
                    await Database.Faults.AfterAsync(FaultPoint.CommitPrepared, groups).ConfigureAwait(false);
                if (rollsBack)
                    await Database.Faults.AfterAsync(FaultPoint.RollBackPrepared, groups).ConfigureAwait(false);
            }
            catch (DbException) when (connection.State == System.Data.ConnectionState.Open)
            {
                // Of one refused command the exception tells; of several Npgsql makes one without a state.
                return false;
            }
        }

        foreach (var work in batch)
            work.Done.TrySetResult();
        return true;
    }

    private async Task OneAsync(DbConnection connection, Work work, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = Statement(work);
            try
            {
                await Database.Faults.BeforeAsync(PointOf(work.Decision), work.Name.Gid).ConfigureAwait(false);
                await FinishAsync(connection, command, work.Decision, cancellationToken).ConfigureAwait(false);
                await Database.Faults.AfterAsync(PointOf(work.Decision), work.Name.Gid).ConfigureAwait(false);
                work.Done.TrySetResult();
            }
            catch (DbException exception) when (exception is UnreplicatedCommitException || Database.Dialect.IsRefusal(exception))
            {
                // Still in doubt: this one's owner tries again, the others of the batch go on.
                work.Done.TrySetException(exception);
            }
        }
    }

    private async Task FinishAsync(DbConnection connection, DbCommand command, Decision decision, CancellationToken cancellationToken)
    {
        try
        {
            await ReplicatedCommit.RunAsync(Database.Dialect, connection, () => command.ExecuteNonQueryAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (DbException exception) when (Database.Dialect.IsUnknownPrepared(exception))
        {
            // Finished: by recovery, or by an earlier attempt whose answer was lost.
            if (decision == Decision.Committed)
                await ReplicatedCommit.ConfirmAsync(Database.Dialect, connection, cancellationToken).ConfigureAwait(false);
        }
    }

    private string Statement(Work work) => work.Decision == Decision.Committed
        ? Database.Dialect.CommitPrepared(work.Name.ToString())
        : Database.Dialect.RollBackPrepared(work.Name.ToString());

    private static FaultPoint PointOf(Decision decision) => decision == Decision.Committed ? FaultPoint.CommitPrepared : FaultPoint.RollBackPrepared;

    internal sealed record Work(PreparedName Name, Decision Decision, TaskCompletionSource Done);
}
