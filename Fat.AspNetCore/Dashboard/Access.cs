using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace Fat.AspNetCore.Dashboard;

/// <summary>Who is let in: whom a policy has let in, else whoever is at this machine.</summary>
internal static class Access
{
    /// <exception cref="RefusedRequestException">The request is not let in.</exception>
    public static void Check(HttpContext http)
    {
        if (!HasPolicy(http.GetEndpoint()) && !LocalRequest.Is(http))
        {
            throw Refusal.NotAllowed.Because(
                "Without a policy the dashboard answers requests of its own machine only, by the name localhost and through no proxy. Give it one: MapFatDashboard(\"/fat\", o => o.RequireAuthorization(\"policy\")).");
        }
    }

    /// <summary>ASP.NET Core has then judged the request, and fails it if its authorization did not run. What is open to everybody has no policy.</summary>
    private static bool HasPolicy(Endpoint? endpoint) =>
        endpoint is not null && endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null;
}
