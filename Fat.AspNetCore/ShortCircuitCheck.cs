using Microsoft.AspNetCore.Routing;

namespace Fat.AspNetCore;

/// <summary>
/// Finds marked endpoints with <c>ShortCircuit()</c>, which routing runs by itself: no middleware sees their requests, so they would run without their scope,
/// and so commit alone.
/// </summary>
internal static class ShortCircuitCheck
{
    /// <summary>Internal to ASP.NET Core.</summary>
    private const string Metadata = "Microsoft.AspNetCore.Routing.ShortCircuit.ShortCircuitMetadata";

    /// <exception cref="FatConfigurationException">There is such an endpoint.</exception>
    public static void Run(EndpointDataSource? known)
    {
        foreach (var endpoint in known?.Endpoints ?? [])
        {
            if (endpoint.Metadata.GetMetadata<FatServiceRegisterAttribute>() is not null && endpoint.Metadata.Any(item => item.GetType().FullName == Metadata))
            {
                throw new FatConfigurationException(
                    $"The endpoint '{endpoint.DisplayName}' carries [FatServiceRegister] and ShortCircuit(): routing runs it before app.UseFat(), so it would run without its scope. Remove ShortCircuit().");
            }
        }
    }
}
