using System.Data.Common;
using Fat.Faults;
using Fat.Protocol;
using Fat.Resources;

namespace Fat.Journal;

/// <summary>
/// Deletes the rows of branches that have obeyed, in batches. The journal row goes before the barrier row and in the same transaction
/// (rule H3): whoever has the journal row still finds the barrier row. Thread-safe.
/// </summary>
internal sealed class JournalForgetter(FatDatabase database, JournalSql sql, IServiceProvider services)
    : ReservedQueue<PreparedName>(database, services, Connections)
{
    private const int Connections = 1;

    private readonly Lock _gate = new();
    private TaskCompletionSource? _idle;
    private int _left;

    /// <summary>Ends when nothing is left to be deleted.</summary>
    public Task Idle
    {
        get
        {
            lock (_gate)
                return _left == 0 ? Task.CompletedTask : (_idle ??= new TaskCompletionSource(Database.Background.Completion)).Task;
        }
    }

    public void Forget(PreparedName name)
    {
        lock (_gate)
            _left++;
        Submit(name);
    }

    protected override async Task<bool> DoAsync(DbConnection connection, IReadOnlyList<PreparedName> batch, CancellationToken cancellationToken)
    {
        GroupId[] groups = [.. batch.Select(name => name.Gid)];
        object?[] keys = [.. batch.SelectMany(name => new object?[] { name.Gid.ToString(), name.Branch.Text })];
        await Database.Faults.BeforeAsync(FaultPoint.Unjournal, groups).ConfigureAwait(false);
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            var session = new SqlSession(connection, transaction, cancellationToken);
            await session.ExecuteAsync(sql.Forget(batch.Count), keys).ConfigureAwait(false);
            await session.ExecuteAsync(sql.Unmark(batch.Count), keys).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }

        await Database.Faults.AfterAsync(FaultPoint.Unjournal, groups).ConfigureAwait(false);
        Over(batch.Count);
        return true;
    }

    // The rows stay, and recovery finds them: the branches have obeyed.
    protected override void Failed(IReadOnlyList<PreparedName> batch, bool sent, Exception exception) => Over(batch.Count);

    protected override void Abandon(PreparedName work) => Over(1);

    private void Over(int count)
    {
        lock (_gate)
        {
            _left -= count;
            if (_left > 0)
                return;
            _idle?.TrySetResult();
            _idle = null;
        }
    }
}
