namespace Fat.Messages;

/// <summary>Pauses between attempts: they double up to a limit, and no two pieces of work that failed together come back together.</summary>
internal static class Backoff
{
    private const double Jitter = 0.1;
    private const int MostDoublings = 30;

    /// <param name="first">The pause after the first failure.</param>
    /// <param name="limit">The longest pause; a first one that is longer stays what it is.</param>
    /// <param name="failures">How often it has failed in a row, 1 at least.</param>
    /// <param name="chance">Between 0 and 1.</param>
    public static TimeSpan Pause(TimeSpan first, TimeSpan limit, int failures, double chance)
    {
        // In numbers: a first pause of minutes, doubled so often, is longer than a TimeSpan can be.
        var pause = first.Ticks * Math.Pow(2, Math.Clamp(failures - 1, 0, MostDoublings));
        return TimeSpan.FromTicks((long)(Math.Min(pause, Math.Max(first.Ticks, limit.Ticks)) * (1 + Jitter * chance)));
    }
}
