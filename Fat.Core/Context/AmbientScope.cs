namespace Fat.Context;

/// <summary>Holds the scope of the current asynchronous flow.</summary>
internal static class AmbientScope
{
    private static readonly AsyncLocal<FatContext?> Flowing = new();

    public static FatContext? Current => Flowing.Value;

    /// <summary>Enters a scope until the returned handle is disposed, in the same method.</summary>
    public static Restorer Enter(FatContext? scope)
    {
        var outer = Flowing.Value;
        Flowing.Value = scope;
        return new Restorer(outer);
    }

    public static IDisposable Suppress() => Enter(null);

    internal readonly struct Restorer(FatContext? outer) : IDisposable
    {
        public void Dispose() => Flowing.Value = outer;
    }
}
