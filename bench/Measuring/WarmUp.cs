namespace Fat.Bench.Measuring;

/// <summary>For how long there is load before anything is measured.</summary>
internal static class WarmUp
{
    /// <summary>Under full load the runtime goes on compiling for some 25 s, at first on a third of a core: dearer for the variant that has more code.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(25);
}
