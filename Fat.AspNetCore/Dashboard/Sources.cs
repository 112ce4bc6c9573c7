using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fat.AspNetCore.Dashboard;

/// <summary>Whom the dashboard asks. Taken when they are needed: the settings are validated when the host starts, and not while endpoints are mapped.</summary>
internal sealed class Sources(IServiceProvider services)
{
    public IFatMonitor Monitor => services.GetRequiredService<IFatMonitor>();

    public IFatAudit Audit => services.GetRequiredService<IFatAudit>();

    public IFatAdmin Admin => services.GetRequiredService<IFatAdmin>();

    public IFatMessageAdmin Messages => services.GetRequiredService<IFatMessageAdmin>();

    public TimeProvider Time => services.GetRequiredService<TimeProvider>();

    /// <summary>The service that this process is of.</summary>
    public string Service => services.GetRequiredService<IOptions<FatOptions>>().Value.ServiceName ?? string.Empty;

    public CancellationToken Stopping => services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
}
