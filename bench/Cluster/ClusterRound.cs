namespace Fat.Bench.Cluster;

/// <summary>What one round over a cluster brought.</summary>
/// <param name="Groups">How many groups were committed.</param>
/// <param name="Seconds">Until the last branch had committed.</param>
/// <param name="Cpu">Seconds of processors that each master used.</param>
/// <param name="Commands">What was sent to each master.</param>
internal sealed record ClusterRound(int Groups, double Seconds, IReadOnlyList<double> Cpu, IReadOnlyList<long> Commands)
{
    public double Throughput => Groups / Seconds;

    public double CommandsOfGroup => Commands.Sum() / (double)Groups;

    /// <summary>Microseconds of all masters together.</summary>
    public double CpuOfGroup => Cpu.Sum() / Groups * 1e6;

    /// <summary>Microseconds of the master that has most to do: its processor is the first one to be busy all the time.</summary>
    public double HottestCpuOfGroup => Cpu.Max() / Groups * 1e6;

    public double HottestShare => Cpu.Max() / Cpu.Sum();

    /// <summary>What the masters could do if each had a processor of its own and nothing else was in the way.</summary>
    public double Capacity => 1e6 / HottestCpuOfGroup;
}
