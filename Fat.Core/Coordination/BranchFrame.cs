using System.Data;
using Fat.Context;
using Fat.Protocol;
using Fat.Resources;

namespace Fat.Coordination;

/// <summary>
/// The [FatTransaction] methods that the current flow is inside of, so that one called from within another on the same
/// database joins its transaction.
/// </summary>
internal sealed class BranchFrame : IDisposable
{
    private static readonly AsyncLocal<BranchFrame?> Flowing = new();

    private readonly LocalTransaction _transaction;
    private readonly IServiceProvider _services;

    /// <summary>The scope to which the transaction belongs; null for one outside of any group.</summary>
    private readonly FatContext? _scope = AmbientScope.Current;

    private readonly BranchFrame? _outer;
    private readonly JoinedTurns.Turn? _turn;
    private readonly Followers _followers = new();
    private bool _works;
    private BranchFrame? _joins;
    private volatile bool _over;

    private BranchFrame(LocalTransaction transaction, IServiceProvider services, BranchFrame? outer, JoinedTurns.Turn? turn)
    {
        _transaction = transaction;
        _services = services;
        _outer = outer;
        _turn = turn;
    }

    /// <summary>Enters the method of a branch, which the workers have let in.</summary>
    public static BranchFrame EnterWork(LocalTransaction transaction, IServiceProvider services, JoinedTurns.Turn? turn)
    {
        var frame = Enter(transaction, services, turn);
        frame._works = true;
        return frame;
    }

    /// <param name="transaction">What the method works in.</param>
    /// <param name="services">The DI scope of the method's service.</param>
    /// <param name="turn">The method's turn in a transaction that it shares with other calls.</param>
    public static BranchFrame Enter(LocalTransaction transaction, IServiceProvider services, JoinedTurns.Turn? turn = null)
    {
        var frame = new BranchFrame(transaction, services, Flowing.Value, turn);
        Flowing.Value = frame;
        return frame;
    }

    /// <summary>The innermost one that the flow is inside of, or null.</summary>
    public static BranchFrame? Current => Flowing.Value;

    /// <summary>Whether the flow is inside of a branch's method, which keeps its place with the workers till it returns.</summary>
    public static bool IsAtWork
    {
        get
        {
            for (var frame = Flowing.Value; frame is not null; frame = frame._outer)
            {
                if (frame is { _works: true, _over: false })
                    return true;
            }

            return false;
        }
    }

    public FatName Database => _transaction.Database.Name;

    /// <summary>Those of the transaction.</summary>
    public Followers Followers => _joins?.Followers ?? _followers;

    /// <summary>A call has arrived, over a transport within the process perhaps: its flow is inside of none of its caller's methods.</summary>
    public static Restorer Leave()
    {
        var left = Flowing.Value;
        Flowing.Value = null;
        return new Restorer(left);
    }

    /// <summary>
    /// The innermost one on a database that the flow is inside of, or null. One of another scope does not count: a group that begins inside of a local transaction is decided before that is over, and code that suppresses its
    /// group is not to be rolled back with it.
    /// </summary>
    /// <exception cref="InvalidOperationException">It was, but that method has returned: the work was not awaited.</exception>
    public static BranchFrame? On(FatName database)
    {
        for (var frame = Flowing.Value; frame is not null; frame = frame._outer)
        {
            if (frame.Database != database || frame._scope != AmbientScope.Current)
                continue;
            return !frame._over
                ? frame
                : throw new InvalidOperationException(
                    "A [FatTransaction] method was called from work that outlived the [FatTransaction] method which started it. Await that work.");
        }

        return null;
    }

    /// <summary>Whether the flow is inside of a group's method on a database that has not returned yet, and has not suppressed the group.</summary>
    public static bool IsInGroup(FatName database)
    {
        for (var frame = Flowing.Value; frame is not null; frame = frame._outer)
        {
            if (frame.Database == database && frame._scope is { } scope && scope == AmbientScope.Current && !frame._over)
                return true;
        }

        return false;
    }

    /// <summary>Whether a method of a DI scope works in the transaction without more ado: the flow is in none on another database in between, and the DbContext is the one that works in it.</summary>
    public bool Serves(IServiceProvider services) => ReferenceEquals(this, Flowing.Value) && HasContextOf(services);

    /// <summary>A method that joins the transaction asks for an isolation level.</summary>
    /// <exception cref="FatConfigurationException">The transaction was begun with less.</exception>
    public void RequireIsolation(IsolationLevel asked) => _transaction.RequireIsolation(asked);

    /// <summary>Runs a method that is not served in the transaction; what it calls from its DI scope joins without more ado.</summary>
    public async Task RunAsync(IServiceProvider services, Func<Task> body)
    {
        using var frame = Enter(_transaction, services);
        frame._joins = this;
        await (HasContextOf(services) ? _transaction.ReturnAsync(body) : _transaction.JoinAsync(services, body)).ConfigureAwait(false);
    }

    /// <summary>The current flow makes a call: what that causes may come back to the transaction that the flow works in.</summary>
    public static void Called(CallId call)
    {
        for (var frame = Flowing.Value; frame is not null; frame = frame._outer)
            frame._turn?.Made(call);
    }

    /// <summary>
    /// What is to happen in this process when the transaction has ended. A hint: where that is not heard of here, it does not happen. It must return at once and not throw.
    /// </summary>
    public void Follow(Action<Decision> follower) => Followers.Add(follower);

    /// <inheritdoc cref="Followers.Ended"/>
    public void Ended(Decision decision) => Followers.Ended(decision);

    private bool HasContextOf(IServiceProvider services) => ReferenceEquals(services, _services) || _transaction.HasContextOf(services);

    public void Dispose()
    {
        _over = true;
        Flowing.Value = _outer;
    }

    internal readonly struct Restorer(BranchFrame? left) : IDisposable
    {
        public void Dispose() => Flowing.Value = left;
    }
}
