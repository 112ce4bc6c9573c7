using System.Data.Common;
using Fat.Diagnostics;
using Fat.Resources;

namespace Fat.Coordination;

/// <summary>
/// Looks who holds the lock that a branch waits for, shortly before that wait ends: afterwards no server can tell (rule L6). A branch that
/// returns in time costs a timer.
/// </summary>
internal sealed class LockWatch : IDisposable
{
    /// <summary>Of the branch's time. Its lock waits end with <see cref="Branch.LockShare"/>.</summary>
    private const double LookShare = 0.75;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Node _node;
    private readonly BranchResource _resource;
    private readonly LocalTransaction _transaction;
    private readonly ITimer _timer;
    private volatile Task<LockHolder?> _looking = Task.FromResult<LockHolder?>(null);

    private LockWatch(Node node, BranchResource resource, LocalTransaction transaction, TimeSpan after)
    {
        _node = node;
        _resource = resource;
        _transaction = transaction;
        _timer = node.Time.CreateTimer(static watch => ((LockWatch)watch!).Look(), this, after, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Null where the dialect cannot tell.</summary>
    public static LockWatch? Over(LocalTransaction transaction, BranchResource resource, TimeSpan wait, Node node) =>
        resource.Database.Dialect.LockHolders is null ? null : new LockWatch(node, resource, transaction, wait * LookShare);

    /// <summary>What was found, if the time has come to look and there was somebody. Does not fail.</summary>
    public Task<LockHolder?> HolderAsync() => _looking;

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        try
        {
            if (_transaction.Session is { } session)
                _looking = LookAsync(session);
        }
        catch (Exception exception)
        {
            // Nothing is decided by it: the connection was lost, or is being given back at this moment. On a timer's thread it would end the process.
            FatLog.LockHolderNotFound(_node.Logger, _resource.Database.Name, exception);
        }
    }

    private async Task<LockHolder?> LookAsync(string session)
    {
        await _node.Background.NextTurn();
        using var bounded = new Cancellation(_node.Background, Patience, _node.Time);
        try
        {
            return await _resource.LockHolders.FindAsync(session, bounded.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is DbException or OperationCanceledException or InvalidOperationException)
        {
            // Nothing is decided by it: the reason is told without the holder.
            FatLog.LockHolderNotFound(_node.Logger, _resource.Database.Name, exception);
            return null;
        }
    }
}
