using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Fat.AspNetCore.Tests;

/// <summary>What becomes of Fat's health in ASP.NET Core's health checks.</summary>
public sealed class HealthCheckTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ARunningServiceIsHealthyAndAStoppingOneIsNot()
    {
        using var host = await StartAsync(checks => checks.AddFat(tags: ["ready"]));
        var health = host.Services.GetRequiredService<HealthCheckService>();

        var entry = (await health.CheckHealthAsync(check => check.Tags.Contains("ready"), Stop)).Entries["fat"];
        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.Equal(["in-doubt", "inbox", "incidents", "loops", "registry"], entry.Data.Keys.Order(StringComparer.Ordinal));
        var registry = Assert.IsType<Dictionary<string, object>>(entry.Data["registry"]);
        Assert.Equal("healthy", registry["state"]);
        Assert.Equal("It takes writes.", registry["what"]);
        Assert.IsType<double>(registry["ms"]);

        await host.StopAsync(Stop);
        entry = (await health.CheckHealthAsync(Stop)).Entries["fat"];
        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Contains("stopping", entry.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FatHealthState.Healthy, HealthStatus.Healthy)]
    [InlineData(FatHealthState.Degraded, HealthStatus.Degraded)]
    [InlineData(FatHealthState.Unhealthy, HealthStatus.Unhealthy)]
    public async Task TheWorstPartIsTheWhole(FatHealthState state, HealthStatus expected)
    {
        var entry = await AskAsync(new Given(state), failureStatus: null);

        Assert.Equal(expected, entry.Status);
        Assert.Equal(state != FatHealthState.Healthy, entry.Description!.Contains("database:stock: given", StringComparison.Ordinal));
        Assert.DoesNotContain("registry", entry.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatUnhealthyMeansCanBeChosen() =>
        Assert.Equal(HealthStatus.Degraded, (await AskAsync(new Given(FatHealthState.Unhealthy), HealthStatus.Degraded)).Status);

    [Fact]
    public async Task LimitsCanBeSetWithTheCheck()
    {
        using var host = await StartAsync(checks => checks.AddFat(health => health.IncidentsDegraded = 7));
        Assert.Equal(7, host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<FatOptions>>().Value.Health.IncidentsDegraded);
    }

    [Fact]
    public async Task WithoutFatItSaysWhatIsMissing()
    {
        await using var services = new ServiceCollection().AddLogging().AddHealthChecks().AddFat().Services.BuildServiceProvider();
        var refused = await Assert.ThrowsAsync<FatConfigurationException>(() => services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Stop));
        Assert.Contains("AddFat", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<HealthReportEntry> AskAsync(IFatHealth given, HealthStatus? failureStatus)
    {
        await using var services = new ServiceCollection().AddLogging().AddSingleton(given).AddHealthChecks().AddFat(failureStatus: failureStatus).Services.BuildServiceProvider();
        return (await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Stop)).Entries["fat"];
    }

    private static async Task<IHost> StartAsync(Action<IHealthChecksBuilder> add)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "healthy" });
        builder.Services.AddFat().UseInMemoryRegistry();
        add(builder.Services.AddHealthChecks());
        var host = builder.Build();
        await host.StartAsync(Stop);
        return host;
    }

    private sealed class Given(FatHealthState state) : IFatHealth
    {
        public Task<FatHealthReport> CheckAsync(CancellationToken cancellationToken = default) => Task.FromResult(new FatHealthReport(
        [
            new FatHealthPart("registry", FatHealthState.Healthy, "fine", TimeSpan.FromMilliseconds(1)),
            new FatHealthPart("database:stock", state, "given", TimeSpan.FromMilliseconds(2)),
        ]));
    }
}
