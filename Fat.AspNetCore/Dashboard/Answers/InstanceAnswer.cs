namespace Fat.AspNetCore.Dashboard;

internal sealed record InstanceAnswer(string Id, string Service, double SilenceMs, bool Alive, FatInstanceStatus? Status)
{
    /// <summary>Two of its signs of life are missing.</summary>
    private static readonly TimeSpan Silent = TimeSpan.FromSeconds(10);

    public static InstanceAnswer Of(FatInstance instance) => new(instance.Id, instance.Service, instance.Silence.TotalMilliseconds, instance.Silence < Silent, instance.Status);
}
