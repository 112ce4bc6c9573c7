using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Fat.Core.Tests.Simulation;

/// <summary>
/// A process's connection to its database, for the product's own code of prepared transactions and of the barrier table. Requests
/// and replies take time; when one is lost so is the connection, and the statement did or did not happen.
/// </summary>
internal sealed class SimConnection : DbConnection
{
    [ThreadStatic]
    private static SimProcess? _current;

    private readonly SimProcess _process;
    private SimSession? _session;
    private bool _isBusy;

    /// <summary>As the dialect makes one: from the type alone.</summary>
    public SimConnection()
        : this(_current ?? throw new InvalidOperationException("No process runs."))
    {
    }

    public SimConnection(SimProcess process) => _process = process;

    [AllowNull]
    public override string ConnectionString { get; set; } = "Database=simulated";

    public override string Database => _process.Database.Name;

    public override string DataSource => "simulation";

    public override string ServerVersion => "18";

    public override ConnectionState State => _session is { IsOpen: true } ? ConnectionState.Open : ConnectionState.Closed;

    /// <summary>Whose code runs on this thread.</summary>
    public static void Enter(SimProcess? process) => _current = process;

    public override void Open() => throw new NotSupportedException();

    public override Task OpenAsync(CancellationToken cancellationToken)
    {
        _session = _process.Database.Open(_process);
        _process.World.Log(_process, _session is null ? "cannot connect" : "connects");
        return _session is null ? Task.FromException(new SimDbException(null, "the server does not answer")) : Task.CompletedTask;
    }

    public Task<SimResult> ExecuteAsync(string sql, IReadOnlyList<object?> parameters, CancellationToken cancellationToken)
    {
        _process.Database.Asked?.Invoke();
        return !_process.Database.IsAway && _process.Database.FindsNothing(sql, parameters)
            ? Task.FromResult(SimResult.Nothing)
            : SendAsync(Name(sql), (session, done) => _process.Database.Serve(session, sql, parameters, done), cancellationToken);
    }

    public Task CommitAsync(CancellationToken cancellationToken) => SendAsync(
        "commit",
        (session, done) =>
        {
            _process.Database.Commit(session);
            done(SimResult.Nothing, null);
        },
        cancellationToken);

    public Task RollbackAsync() => SendAsync(
        "rollback",
        (session, done) =>
        {
            _process.Database.RollBack(session);
            done(SimResult.Nothing, null);
        },
        CancellationToken.None);

    public override void Close()
    {
        if (_session is not { } session)
            return;
        _session = null;
        if (session.IsOpen)
            _process.World.Post(null, _process.Faults.Latency(), "close", () => _process.Database.Close(session));
    }

    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel)
    {
        // Sent with the next statement, as Npgsql does.
        if (_session is not null)
            _session.InTransaction = true;
        return new SimTransaction(this, isolationLevel);
    }

    protected override DbCommand CreateDbCommand() => new SimCommand { Connection = this };

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Close();
        base.Dispose(disposing);
    }

    private static string Name(string sql) => sql.Length <= 24 ? sql : sql[..24];

    private async Task<SimResult> SendAsync(string what, Action<SimSession, Action<SimResult, SimDbException?>> serve, CancellationToken cancellationToken)
    {
        if (_isBusy)
            throw new InvalidOperationException($"A command is already in progress on this connection; {what} would be another.");
        _isBusy = true;
        try
        {
            return await AnswerAsync(what, serve, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _isBusy = false;
        }
    }

    private Task<SimResult> AnswerAsync(string what, Action<SimSession, Action<SimResult, SimDbException?>> serve, CancellationToken cancellationToken)
    {
        var world = _process.World;
        world.HoldsThread();
        if (_session is not { IsOpen: true } session)
        {
            world.Log(_process, "has no connection for " + what);
            return Task.FromException<SimResult>(SimDbException.Lost());
        }

        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<SimResult>(cancellationToken);
        var reply = new TaskCompletionSource<SimResult>();
        if (cancellationToken.CanBeCanceled)
        {
            // The client gives up and with it the connection; the server may have done it by then.
            var registration = cancellationToken.UnsafeRegister(
                _ =>
                {
                    if (reply.TrySetCanceled(cancellationToken))
                        world.Post(null, _process.Faults.Latency(), "cancel", () => _process.Database.Close(session));
                },
                null);
            _ = reply.Task.ContinueWith(static (_, state) => ((CancellationTokenRegistration)state!).Unregister(), registration, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        if (_process.Faults.RefusesStatement(what))
            Reply(reply, "refused", SimResult.Nothing, new SimDbException("40001", "could not serialize access"), session);
        else if (_process.Faults.LosesStatement())
            Lose(reply, session);
        else
            world.Post(null, _process.Faults.Latency(), what, () => serve(session, (result, problem) => Served(what, session, result, problem, reply)));
        return reply.Task;
    }

    private void Served(string what, SimSession session, SimResult result, SimDbException? problem, TaskCompletionSource<SimResult> reply)
    {
        if (_process.Faults.LosesResult())
            Lose(reply, session);
        else
            Reply(reply, what, result, session.IsOpen ? problem : SimDbException.Lost(), session);
    }

    private void Lose(TaskCompletionSource<SimResult> reply, SimSession session) => _process.World.Post(_process, _process.Faults.Latency(), "connection lost", () =>
    {
        _process.Database.Close(session);
        reply.TrySetException(SimDbException.Lost());
    });

    private void Reply(TaskCompletionSource<SimResult> reply, string what, SimResult result, SimDbException? problem, SimSession session) =>
        _process.World.Post(_process, _process.Faults.Latency(), what, () =>
        {
            if (problem is not null)
                reply.TrySetException(problem);
            else if (!session.IsOpen)
                reply.TrySetException(SimDbException.Lost());
            else
                reply.TrySetResult(result);
        });
}

internal sealed class SimTransaction(SimConnection connection, IsolationLevel isolation) : DbTransaction
{
    public override IsolationLevel IsolationLevel => isolation;

    protected override DbConnection DbConnection => connection;

    public override void Commit() => throw new NotSupportedException();

    public override void Rollback() => throw new NotSupportedException();

    public override Task CommitAsync(CancellationToken cancellationToken = default) => connection.CommitAsync(cancellationToken);

    public override Task RollbackAsync(CancellationToken cancellationToken = default) => connection.RollbackAsync();
}
