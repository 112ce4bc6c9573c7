using Fat.Hosting;

namespace Fat.Core.Tests.Health;

/// <summary>Limits that cannot be meant are refused at start-up.</summary>
public sealed class HealthOptionTests
{
    public static TheoryData<string, Action<FatHealthOptions>> Wrong() => new()
    {
        { "Fat:Health:Timeout", options => options.Timeout = TimeSpan.Zero },
        { "Fat:Health:RegistrySlow", options => options.RegistrySlow = TimeSpan.Zero },
        { "Fat:Health:DatabaseSlow", options => options.DatabaseSlow = TimeSpan.FromSeconds(-1) },
        { "Fat:Health:RegistryAway", options => options.RegistryAway = (FatHealthState)7 },
        { "Fat:Health:SilenceUnhealthy", options => options.SilenceUnhealthy = options.SilenceDegraded / 2 },
        { "Fat:Health:InDoubtUnhealthy", options => options.InDoubtUnhealthy = options.InDoubtDegraded / 2 },
        { "Fat:Health:IncidentsDegraded", options => options.IncidentsDegraded = 0 },
        { "Fat:Health:IncidentsUnhealthy", options => (options.IncidentsDegraded, options.IncidentsUnhealthy) = (3, 2) },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void It_is_named(string setting, Action<FatHealthOptions> change)
    {
        var options = new FatOptions { ServiceName = "orders" };
        Assert.True(new FatOptionsCheck().Validate(null, options).Succeeded);
        change(options.Health);
        Assert.Contains(setting, new FatOptionsCheck().Validate(null, options).FailureMessage, StringComparison.Ordinal);
    }
}
