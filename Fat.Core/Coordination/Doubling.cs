namespace Fat.Coordination;

/// <summary>When to look again at what takes long: as much later as it had taken the last time, so that twice as much passes from one time to the next.</summary>
internal static class Doubling
{
    /// <summary>The timestamp of the next time. Between two there is at least <paramref name="least"/>, and RecoveryInterval at most.</summary>
    /// <param name="node">Whose clock and intervals count.</param>
    /// <param name="began">When it began to take long.</param>
    /// <param name="last">When it was looked at last, if ever.</param>
    /// <param name="least">The shortest pause.</param>
    public static long Next(Node node, long began, long? last, TimeSpan least)
    {
        var taken = last is { } then ? node.Time.GetElapsedTime(began, then) : TimeSpan.Zero;
        var most = node.Timings.RecoveryInterval;
        var pause = taken < most ? taken : most;
        return (last ?? began) + (long)((pause > least ? pause : least).TotalSeconds * node.Time.TimestampFrequency);
    }
}
