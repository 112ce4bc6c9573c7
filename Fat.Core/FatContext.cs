using Fat.Context;

namespace Fat;

/// <summary>The group in which the current code runs. Flows with async code. Thread-safe.</summary>
public abstract class FatContext
{
    private protected FatContext()
    {
    }

    /// <summary>The scope that the current code runs in, or null outside of any group.</summary>
    public static FatContext? Current => AmbientScope.Current;

    /// <summary>The group's id, a UUIDv7 in its hyphenated form.</summary>
    public abstract string Gid { get; }

    /// <summary>True in the scope that began the group.</summary>
    public abstract bool IsRoot { get; }

    /// <summary>The time that the group has left; zero when it is over time.</summary>
    public abstract TimeSpan Remaining { get; }

    /// <summary>Cancelled when the group is aborted or out of time.</summary>
    public abstract CancellationToken Aborted { get; }

    /// <summary>Asks for the group to be rolled back; the scope goes on running until its method returns.</summary>
    /// <param name="reason">Why, in words; it reaches the client of the root if it is the first.</param>
    public abstract void Abort(string reason);

    /// <summary>
    /// Begins a call to another service over a transport of your own: send <see cref="FatRemoteCall.Fields"/> with it.
    /// Outside of any group it returns null.
    /// </summary>
    /// <param name="target">The called service or address, for people.</param>
    /// <exception cref="InvalidOperationException">The scope has already ended.</exception>
    public static FatRemoteCall? BuildRemoteData(string target) => AmbientScope.Current?.BeginCall(target);

    /// <summary>
    /// Runs code outside of the current group: its calls carry no context and its <c>[FatTransaction]</c> methods are
    /// ordinary local transactions. Dispose to come back. Where a call from inside a group is handled without a part in it (<see cref="FatUnjoinedCall"/>),
    /// it says that a group which begins here is meant to be independent of the caller's.
    /// </summary>
    public static IDisposable Suppress() => AmbientScope.Suppress();

    internal abstract FatRemoteCall BeginCall(string target);
}
