namespace Fat.Registry;

/// <summary>Bounds on what one operation may take.</summary>
internal static class RegistryLimits
{
    /// <summary>The messages that one receive takes at most; the rest come with the next.</summary>
    public const int MessagesPerReceive = 128;
}
