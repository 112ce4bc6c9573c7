using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fat.AspNetCore;

/// <summary>Fat's health as a health check: the parts that are not well are its description, all of them its data.</summary>
internal sealed class FatHealthCheck(IFatHealth health) : IHealthCheck
{
    private const string AllIsWell = "Fat can do its part.";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var report = await health.CheckAsync(cancellationToken).ConfigureAwait(false);
        var status = report.State switch
        {
            FatHealthState.Healthy => HealthStatus.Healthy,
            FatHealthState.Degraded => HealthStatus.Degraded,
            _ => context.Registration.FailureStatus,
        };
        var problems = report.Parts.Where(part => part.State != FatHealthState.Healthy).Select(part => $"{part.Name}: {part.What}").ToList();
        return new HealthCheckResult(status, problems.Count == 0 ? AllIsWell : string.Join(" ", problems), exception: null, Data(report));
    }

    /// <summary>For each part its state, what was found, and how many milliseconds that took.</summary>
    private static Dictionary<string, object> Data(FatHealthReport report) => report.Parts.ToDictionary(
        part => part.Name,
        part => (object)new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["state"] = Text(part.State),
            ["what"] = part.What,
            ["ms"] = Math.Round(part.Took.TotalMilliseconds, 1),
        },
        StringComparer.Ordinal);

    private static string Text(FatHealthState state) => state switch
    {
        FatHealthState.Healthy => "healthy",
        FatHealthState.Degraded => "degraded",
        _ => "unhealthy",
    };
}
