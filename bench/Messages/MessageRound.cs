namespace Fat.Bench.Messages;

/// <summary>What a round has shown.</summary>
/// <param name="Messages">How many were sent, and consumed by each group.</param>
/// <param name="Seconds">From the first one's beginning until the last was consumed.</param>
/// <param name="P50">Milliseconds from before the COMMIT until consumed: the median.</param>
/// <param name="P99">The 99th percentile.</param>
/// <param name="OwnCpu">Processor seconds of this process: producer, subscribers and clients.</param>
/// <param name="PostgresCpu">Those of PostgreSQL.</param>
/// <param name="RedisCpu">Those of Redis.</param>
/// <param name="Commands">Scripts that were called in Redis, and blocking pops.</param>
internal sealed record MessageRound(int Messages, double Seconds, double P50, double P99, double OwnCpu, double PostgresCpu, double RedisCpu, long Commands)
{
    public double Throughput => Messages / Seconds;

    public double Micros(double seconds) => seconds * 1e6 / Messages;
}
