using Fat;
using Fat.AspNetCore.Dashboard;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Gives operators a page, and programs the same as JSON.</summary>
public static class FatDashboardEndpointExtensions
{
    /// <summary>
    /// Serves the dashboard: groups, branches in doubt, incidents, messages, instances, what operators did, and what they can do about them. The page is at the prefix, its JSON under <c>api</c>
    /// (described by <c>api/openapi.json</c>). See docs/dashboard.md.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="prefix">What the paths begin with. Default: <c>/fat</c>.</param>
    /// <param name="configure">Who may use it: without <see cref="FatDashboardOptions.RequireAuthorization"/> only requests of this machine that came through no proxy are answered.</param>
    /// <returns>All its endpoints. <c>RequireAuthorization</c> on it does the same as in the options.</returns>
    /// <exception cref="FatConfigurationException"><c>AddFat(…)</c> was not called, or a policy is required and <c>AddAuthorization()</c> was not called.</exception>
    public static IEndpointConventionBuilder MapFatDashboard(this IEndpointRouteBuilder endpoints, string prefix = "/fat", Action<FatDashboardOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        var options = new FatDashboardOptions();
        configure?.Invoke(options);
        var known = endpoints.ServiceProvider.GetService<IServiceProviderIsService>();
        if (known?.IsService(typeof(IFatMonitor)) == false)
            throw new FatConfigurationException("app.MapFatDashboard() needs the services of Fat: call builder.Services.AddFat(builder.Configuration) before the application is built.");
        if (options.Authorization.Count > 0 && known?.IsService(typeof(IAuthorizationService)) == false)
            throw new FatConfigurationException("The dashboard requires authorization: call builder.Services.AddAuthorization() before the application is built.");

        var group = endpoints.MapGroup(prefix);
        DashboardEndpoints.Map(group, endpoints.ServiceProvider, options);
        if (options.Authorization.Count > 0)
            group.RequireAuthorization([.. options.Authorization]);
        return group;
    }
}
