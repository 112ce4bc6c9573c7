using Fat.Protocol;

namespace Fat.Coordination;

/// <summary>
/// The [FatTransaction] methods that the current flow is inside of, so that one called from within another on the same
/// database joins its transaction.
/// </summary>
internal sealed class BranchFrame : IDisposable
{
    private static readonly AsyncLocal<BranchFrame?> Flowing = new();

    private readonly FatName _database;
    private readonly BranchFrame? _outer;
    private readonly JoinedTurns.Turn? _turn;
    private List<Action<Decision>>? _followers;
    private volatile bool _over;

    private BranchFrame(FatName database, BranchFrame? outer, JoinedTurns.Turn? turn)
    {
        _database = database;
        _outer = outer;
        _turn = turn;
    }

    /// <param name="database">The database.</param>
    /// <param name="turn">The method's turn in a transaction that it shares with other calls.</param>
    public static BranchFrame Enter(FatName database, JoinedTurns.Turn? turn = null)
    {
        var frame = new BranchFrame(database, Flowing.Value, turn);
        Flowing.Value = frame;
        return frame;
    }

    /// <summary>The innermost one that the flow is inside of, or null.</summary>
    public static BranchFrame? Current => Flowing.Value;

    public FatName Database => _database;

    /// <summary>A call has arrived, over a transport within the process perhaps: its flow is inside of none of its caller's methods.</summary>
    public static Restorer Leave()
    {
        var left = Flowing.Value;
        Flowing.Value = null;
        return new Restorer(left);
    }

    /// <summary>Whether the flow is inside a transaction on a database.</summary>
    /// <exception cref="InvalidOperationException">It was, but that method has returned: the work was not awaited.</exception>
    public static bool IsInside(FatName database)
    {
        for (var frame = Flowing.Value; frame is not null; frame = frame._outer)
        {
            if (frame._database != database)
                continue;
            return !frame._over
                ? true
                : throw new InvalidOperationException(
                    "A [FatTransaction] method was called from work that outlived the [FatTransaction] method which started it. Await that work.");
        }

        return false;
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
    public void Follow(Action<Decision> follower) => (_followers ??= []).Add(follower);

    /// <summary>The transaction has ended, and whoever looks sees that; the first time counts.</summary>
    public void Ended(Decision decision)
    {
        foreach (var follower in Interlocked.Exchange(ref _followers, null) ?? [])
            follower(decision);
    }

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
