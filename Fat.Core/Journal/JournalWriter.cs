using System.Data.Common;
using Fat.Faults;
using Fat.Protocol;
using Fat.Resources;

namespace Fat.Journal;

/// <summary>
/// Writes down branches that are about to vote: those that wait at the same time share one statement and one flush of the server's
/// log. Thread-safe.
/// </summary>
internal sealed class JournalWriter(FatDatabase database, JournalSql sql, FatName service, InstanceId instance, IServiceProvider services)
    : ReservedQueue<JournalWriter.Work>(database, services, Connections)
{
    private const int Connections = 1;

    /// <summary>When it throws, the row may be there or not.</summary>
    public Task WriteAsync(PreparedName name, JournalledCall call)
    {
        var work = new Work(name, call, new TaskCompletionSource(Database.Background.Completion));
        Submit(work);
        return work.Done.Task;
    }

    protected override async Task<bool> DoAsync(DbConnection connection, IReadOnlyList<Work> batch, CancellationToken cancellationToken)
    {
        GroupId[] groups = [.. batch.Select(work => work.Name.Gid)];
        await Database.Faults.BeforeAsync(FaultPoint.Journal, groups).ConfigureAwait(false);
        await new SqlSession(connection, null, cancellationToken).ExecuteAsync(sql.Insert(batch.Count), [.. batch.SelectMany(Columns)]).ConfigureAwait(false);
        await Database.Faults.AfterAsync(FaultPoint.Journal, groups).ConfigureAwait(false);
        foreach (var work in batch)
            work.Done.TrySetResult();
        return true;
    }

    protected override void Failed(IReadOnlyList<Work> batch, bool sent, Exception exception)
    {
        foreach (var work in batch)
            work.Done.TrySetException(exception);
    }

    protected override void Abandon(Work work) =>
        work.Done.TrySetException(new OperationCanceledException("The process stops before the branch was written down."));

    private IEnumerable<object?> Columns(Work work) =>
    [
        work.Name.Gid.ToString(), work.Name.Branch.Text, service.Text, Database.Name.Text, instance.Text, work.Name.RootService.Text, work.Name.DecisionDatabase.Text,
        work.Call.Service, work.Call.Method, work.Call.Name, work.Call.Replay ? 1 : 0, work.Call.Arguments, work.Call.Problem is { } problem ? JournalText.Of(problem) : null,
    ];

    internal sealed record Work(PreparedName Name, JournalledCall Call, TaskCompletionSource Done);
}
