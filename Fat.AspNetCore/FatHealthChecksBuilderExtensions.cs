using Fat;
using Fat.AspNetCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Fat to the health checks of an application.</summary>
public static class FatHealthChecksBuilderExtensions
{
    /// <summary>
    /// A check that asks Redis for a write, looks whether inbox and recovery go on, and asks each database whether it answers, prepares transactions, and holds branches in doubt or open incidents
    /// (<see cref="IFatHealth"/>). Its data has an entry for each part, with <c>state</c>, <c>what</c> and <c>ms</c>.
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="configure">From when on is degraded or unhealthy, on top of section <c>Fat:Health</c>.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">What the check answers instead of unhealthy. Default: unhealthy.</param>
    /// <param name="tags">Tags, to choose checks by. A check for readiness, not for liveness: a restart brings no database back.</param>
    /// <exception cref="FatConfigurationException">Thrown by the check: <c>services.AddFat(…)</c> was not called.</exception>
    public static IHealthChecksBuilder AddFat(
        this IHealthChecksBuilder builder, Action<FatHealthOptions>? configure = null, string name = "fat", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (configure is not null)
            builder.Services.Configure<FatOptions>(options => configure(options.Health));
        return builder.Add(new HealthCheckRegistration(name, Create, failureStatus, tags));
    }

    private static FatHealthCheck Create(IServiceProvider services) => new(
        services.GetService<IFatHealth>() ?? throw new FatConfigurationException("A health check of Fat needs services.AddFat(…)."));
}
