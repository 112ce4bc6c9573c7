namespace Fat.Bench.Coordination;

/// <summary>What one round brought.</summary>
/// <param name="Groups">How many groups were committed.</param>
/// <param name="Seconds">Until the last branch had committed.</param>
/// <param name="Cpu">Seconds of processors that this process and the registry used.</param>
/// <param name="ServerCpu">The registry's part of it.</param>
/// <param name="Commands">What was sent to the registry; zero when it does not count.</param>
internal sealed record CoordinationRound(int Groups, double Seconds, double Cpu, double ServerCpu, long Commands)
{
    public double Throughput => Groups / Seconds;

    public double CpuMicroseconds => Cpu / Groups * 1e6;

    public double ServerCpuMicroseconds => ServerCpu / Groups * 1e6;

    public double CommandsOfGroup => Commands / (double)Groups;
}
