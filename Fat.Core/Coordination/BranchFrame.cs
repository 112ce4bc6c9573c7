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
    private volatile bool _over;

    private BranchFrame(FatName database, BranchFrame? outer)
    {
        _database = database;
        _outer = outer;
    }

    public static BranchFrame Enter(FatName database)
    {
        var frame = new BranchFrame(database, Flowing.Value);
        Flowing.Value = frame;
        return frame;
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

    public void Dispose()
    {
        _over = true;
        Flowing.Value = _outer;
    }
}
