using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Telemetry;

/// <summary>Lets a service send what it does to a collector.</summary>
public static class OtlpServiceCollectionExtensions
{
    /// <summary>
    /// Exports spans and metrics over OTLP where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names a collector. Called first, so that it is stopped last and nothing is missing.
    /// </summary>
    public static IServiceCollection AddOtlp(this IServiceCollection services, IConfiguration configuration, string service)
    {
        if (!string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            services.AddHostedService(_ => new OtlpExport(service));
        return services;
    }
}
