using System.Data;
using System.Data.Common;
using Fat.Faults;
using Fat.Protocol;
using Fat.Resources;

namespace Fat.Decisions;

/// <summary>Decisions as rows of a barrier table, whose unique key makes the first one final (rules S1 and S5).</summary>
internal sealed class DatabaseDecisionLog : IDecisionLog, IAsyncDisposable
{
    private static readonly TimeSpan ResolveLockTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Far beyond any group time-out: a root that sleeps longer finds its session gone.</summary>
    private static readonly TimeSpan LongestTransaction = TimeSpan.FromDays(1);

    private const int LargestBatch = 500;

    private readonly FatDatabase _database;
    private readonly IServiceProvider _services;
    private readonly FatBarrierSql _sql;
    private readonly DecisionWriter _writer;
    private readonly ReservedConnection _reserved;
    private readonly OneAtATime _using;
    private volatile bool _hasTable;

    public DatabaseDecisionLog(FatDatabase database, IServiceProvider services, int connections)
    {
        _database = database;
        _services = services;
        _sql = database.Barrier!;
        _writer = new DecisionWriter(database, _sql, services, connections);
        _reserved = new ReservedConnection(database, services);
        _using = new OneAtATime(database.Background);
        Forced = new ForceLog(database, services);
    }

    public async Task<DecisionWrite> CommitAsync(
        GroupId gid, IReadOnlyCollection<BranchVote> branches, LocalTransaction? carrier, CancellationToken cancellationToken)
    {
        if (carrier is null)
            return await WriteAsync(gid, branches, cancellationToken).ConfigureAwait(false);
        try
        {
            await _database.Faults.BeforeAsync(FaultPoint.Decide, gid).ConfigureAwait(false);

            // Nobody else is to be committed: no row is needed, and the carrier's commit is the decision.
            if (branches.Count == 0)
                await carrier.CommitAsync(cancellationToken).ConfigureAwait(false);
            else
                await carrier.ExecuteAndCommitAsync(_sql.Commit, [gid.ToString(), BranchList.Format(branches)], cancellationToken).ConfigureAwait(false);
            await _database.Faults.AfterAsync(FaultPoint.Decide, gid).ConfigureAwait(false);
            return new DecisionWrite(DecisionResult.Committed);
        }
        catch (DbException exception) when (_database.Dialect.IsRefusal(exception))
        {
            // Rolled back: the server said so.
            return new DecisionWrite(
                _sql.IsDecided(exception) ? DecisionResult.RolledBackByRecovery : DecisionResult.Failed, exception);
        }
        catch (Exception exception)
        {
            // In doubt: the row may have been committed before the connection was lost. Rule S5 tells.
            return new DecisionWrite(DecisionResult.Unknown, exception);
        }
    }

    public async Task<DecisionRecord?> ResolveAsync(GroupId gid, CancellationToken cancellationToken)
    {
        try
        {
            return await OnReservedAsync((connection, token) => ResolveAsync(connection, gid, token), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is DbException or ObjectDisposedException)
        {
            // Still in doubt: the database is away, a live root's row blocks, or this process stops. The caller asks again.
            return null;
        }
    }

    public async Task<DecisionRecord?> ReadAsync(GroupId gid, CancellationToken cancellationToken)
    {
        try
        {
            var own = new ReservedConnection(_database, _services);
            await using (own.ConfigureAwait(false))
                return await own.OnceAsync((connection, token) => ReadAsync(connection, gid, token), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is DbException or ObjectDisposedException)
        {
            // Still in doubt: the database is away, or this process stops.
            return null;
        }
    }

    public FatName DatabaseName => _database.Name;

    /// <summary>What operators do here.</summary>
    public ForceLog Forced { get; }

    /// <summary>Creates the barrier table where it is missing, once.</summary>
    /// <exception cref="DbException">It is missing and could not be created, or the database is away.</exception>
    public async Task EnsureTableAsync(CancellationToken cancellationToken)
    {
        if (_hasTable)
            return;
        _hasTable = await OnReservedAsync(
            async (connection, token) =>
            {
                await TableCreation.RunAsync(new SqlSession(connection, null, token), _database.Dialect, _sql.Create, _sql.Read, string.Empty).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Why the barrier table must not be used; null when it may, or is missing.</summary>
    public Task<string?> UnfitTableAsync(CancellationToken cancellationToken) => OnReservedAsync(_database.UnfitTableAsync, cancellationToken);

    /// <summary>Groups that were committed at least so long ago, in the order of their ids, behind one or from the first.</summary>
    public Task<IReadOnlyList<CommittedGroup>> ListCommittedAsync(TimeSpan age, GroupId? after, int most, CancellationToken cancellationToken) => OnReservedAsync(
        async (connection, token) =>
        {
            var groups = new List<CommittedGroup>();
            var command = connection.CreateCommand();
            await using (command.ConfigureAwait(false))
            {
                command.CommandText = _sql.ListCommitted;
                command.AddParameters([age.TotalSeconds, after?.ToString() ?? string.Empty, most]);
                var reader = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    while (await reader.ReadAsync(token).ConfigureAwait(false))
                    {
                        if (GroupId.TryParse(reader.GetString(0), out var gid) && BranchList.Parse(reader.GetString(1)) is { } branches)
                            groups.Add(new CommittedGroup(gid, new DecisionRecord(Decision.Committed, branches), TimeSpan.FromSeconds(reader.GetDouble(2))));
                    }
                }
            }

            if (groups.Count > 0)
                await ReplicatedCommit.ConfirmAsync(_database.Dialect, connection, token).ConfigureAwait(false);
            return (IReadOnlyList<CommittedGroup>)groups;
        },
        cancellationToken);

    /// <summary>Deletes the decisions of groups whose branches have all acknowledged (rule S7).</summary>
    public Task ForgetAsync(IReadOnlyCollection<GroupId> gids, CancellationToken cancellationToken) => OnReservedAsync(
        async (connection, token) =>
        {
            GroupId[] forgotten = [.. gids];
            await _database.Faults.BeforeAsync(FaultPoint.Forget, forgotten).ConfigureAwait(false);
            var delete = _sql.DeleteCommitted([.. forgotten.Select(gid => gid.ToString())]);
            var deleted = await ExecuteAsync(connection, null, delete.Text, delete.Parameters, token).ConfigureAwait(false);
            await _database.Faults.AfterAsync(FaultPoint.Forget, forgotten).ConfigureAwait(false);
            return deleted;
        },
        cancellationToken);

    /// <summary>Deletes the roll backs that recovery wrote longer ago than any transaction can live (rule S7).</summary>
    public async Task ForgetRolledBackAsync(CancellationToken cancellationToken)
    {
        int listed;
        do
        {
            listed = await OnReservedAsync(ForgetRolledBackAsync, cancellationToken).ConfigureAwait(false);
        }
        while (listed == LargestBatch);
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync().ConfigureAwait(false);
        await _reserved.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<int> ForgetRolledBackAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var old = new List<string>();
        var command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = _sql.ListRolledBack;
            command.AddParameters([LongestTransaction.TotalSeconds, LargestBatch]);
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    old.Add(reader.GetString(0));
            }
        }

        if (old.Count > 0)
        {
            var delete = _sql.DeleteRolledBack(old);
            await ExecuteAsync(connection, null, delete.Text, delete.Parameters, cancellationToken).ConfigureAwait(false);
        }

        return old.Count;
    }

    private async Task<T> OnReservedAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        await _using.EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await _reserved.UseAsync(work, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _using.Leave();
        }
    }

    private async Task<DecisionWrite> WriteAsync(GroupId gid, IReadOnlyCollection<BranchVote> branches, CancellationToken cancellationToken)
    {
        try
        {
            return await _writer.CommitAsync(gid, branches).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception)
        {
            // In doubt: the row may still be written.
            return new DecisionWrite(DecisionResult.Unknown, exception);
        }
    }

    private async Task<DecisionRecord?> ResolveAsync(DbConnection connection, GroupId gid, CancellationToken cancellationToken)
    {
        await _database.Faults.BeforeAsync(FaultPoint.Resolve, gid).ConfigureAwait(false);
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            if (_database.Dialect.LockTimeout(ResolveLockTimeout) is { } bound)
                await ExecuteAsync(connection, transaction, bound, [], cancellationToken).ConfigureAwait(false);
            await ExecuteAsync(connection, transaction, _sql.RollBack, [gid.ToString()], cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }

        await _database.Faults.AfterAsync(FaultPoint.Resolve, gid).ConfigureAwait(false);

        // No row: it was there when the insert found it, and has been deleted since, so every branch has acknowledged.
        return await ReadAsync(connection, gid, cancellationToken).ConfigureAwait(false);
    }

    private async Task<DecisionRecord?> FindAsync(DbConnection connection, GroupId gid, CancellationToken cancellationToken)
    {
        var read = connection.CreateCommand();
        await using (read.ConfigureAwait(false))
        {
            read.CommandText = _sql.Read;
            read.AddParameters([gid.ToString()]);
            var reader = await read.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    return null;
                return Record(gid, reader.GetString(0), await reader.IsDBNullAsync(1, cancellationToken).ConfigureAwait(false) ? string.Empty : reader.GetString(1));
            }
        }
    }

    /// <summary>A commit whose root nobody has heard of may stand on this server alone, and the standby that takes over would know nothing of it.</summary>
    private async Task<DecisionRecord?> ReadAsync(DbConnection connection, GroupId gid, CancellationToken cancellationToken)
    {
        var record = await FindAsync(connection, gid, cancellationToken).ConfigureAwait(false);
        if (record?.Decision == Decision.Committed)
            await ReplicatedCommit.ConfirmAsync(_database.Dialect, connection, cancellationToken).ConfigureAwait(false);
        return record;
    }

    private static DecisionRecord Record(GroupId gid, string reason, string branches) => reason switch
    {
        "rolledback" => DecisionRecord.RolledBack,
        "committed" when BranchList.Parse(branches) is { } set => new DecisionRecord(Decision.Committed, set),
        _ => throw new InvalidOperationException($"The decision row of group {gid} cannot be read: '{reason}', '{branches}'."),
    };

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
}
