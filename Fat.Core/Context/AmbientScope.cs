namespace Fat.Context;

/// <summary>Holds the scope of the current asynchronous flow.</summary>
internal static class AmbientScope
{
    private static readonly AsyncLocal<FatContext?> Flowing = new();
    private static readonly AsyncLocal<FatUnjoinedCall?> Unjoined = new();

    public static FatContext? Current => Flowing.Value;

    /// <summary>The call from inside a group that the current code handles without a part in it; null for work that has outlived it.</summary>
    public static FatUnjoinedCall? UnjoinedCall => Unjoined.Value is { IsOver: false } call ? call : null;

    /// <summary>Enters a scope until the returned handle is disposed, in the same method.</summary>
    public static Restorer Enter(FatContext? scope)
    {
        var restorer = new Restorer(Flowing.Value, Unjoined.Value);
        Flowing.Value = scope;
        Unjoined.Value = null;
        return restorer;
    }

    /// <summary>Enters such a call until the returned handle is disposed, in the same method.</summary>
    public static Restorer Enter(FatUnjoinedCall call)
    {
        var restorer = new Restorer(Flowing.Value, Unjoined.Value);
        Unjoined.Value = call;
        return restorer;
    }

    public static IDisposable Suppress() => Enter(scope: null);

    internal readonly struct Restorer(FatContext? outer, FatUnjoinedCall? unjoined) : IDisposable
    {
        public void Dispose()
        {
            Flowing.Value = outer;
            Unjoined.Value = unjoined;
        }
    }
}
