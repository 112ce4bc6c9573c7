namespace Fat.Bench.Commit;

/// <summary>What one mode has used so far, or between two looks: seconds of processors, and commands.</summary>
internal sealed record StageUse(double ServiceCpu, double PostgresCpu, double RedisCpu, long RedisCommands)
{
    public double Cpu => ServiceCpu + PostgresCpu + RedisCpu;

    public static StageUse operator -(StageUse later, StageUse earlier) => new(
        later.ServiceCpu - earlier.ServiceCpu,
        later.PostgresCpu - earlier.PostgresCpu,
        later.RedisCpu - earlier.RedisCpu,
        later.RedisCommands - earlier.RedisCommands);

    public static StageUse operator +(StageUse one, StageUse other) => new(
        one.ServiceCpu + other.ServiceCpu,
        one.PostgresCpu + other.PostgresCpu,
        one.RedisCpu + other.RedisCpu,
        one.RedisCommands + other.RedisCommands);
}
