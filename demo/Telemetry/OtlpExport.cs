using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Telemetry;

/// <summary>OpenTelemetry for as long as the service runs. The environment says where to and how (<c>OTEL_…</c>).</summary>
internal sealed class OtlpExport(string service) : IHostedService
{
    private OpenTelemetrySdk? _sdk;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _sdk = OpenTelemetrySdk.Create(telemetry => telemetry
            .ConfigureResource(resource => resource.AddService(service))
            .WithTracing(tracing => tracing.AddSource("Fat", "Microsoft.AspNetCore", "System.Net.Http").AddOtlpExporter())
            .WithMetrics(metrics => metrics.AddMeter("Fat", "Microsoft.AspNetCore.Hosting").AddOtlpExporter()));
        return Task.CompletedTask;
    }

    /// <summary>Sends what is left.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _sdk?.Dispose();
        return Task.CompletedTask;
    }
}
