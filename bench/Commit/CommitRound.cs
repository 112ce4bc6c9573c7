namespace Fat.Bench.Commit;

/// <summary>What one round of one mode brought.</summary>
/// <param name="Groups">How many groups were answered well.</param>
/// <param name="Failures">How many were not.</param>
/// <param name="Seconds">From the first request until the last transaction was over.</param>
/// <param name="P50">The median of what a client waits, in milliseconds.</param>
/// <param name="P99">The same for the slowest of a hundred.</param>
/// <param name="Use">What the services and servers used.</param>
internal sealed record CommitRound(int Groups, int Failures, double Seconds, double P50, double P99, StageUse Use)
{
    public double Throughput => Groups / Seconds;
}
