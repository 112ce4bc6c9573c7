namespace Fat.Registry;

/// <summary>Bounds on what one operation may take.</summary>
internal static class RegistryLimits
{
    /// <summary>The messages that one receive takes at most; the rest come with the next.</summary>
    public const int MessagesPerReceive = 128;

    /// <summary>
    /// How many entries an inbox or a list of requests keeps when nobody takes them. The oldest go: they are hints, and whoever
    /// is in doubt asks again.
    /// </summary>
    public const int LongestList = 10_000;
}
