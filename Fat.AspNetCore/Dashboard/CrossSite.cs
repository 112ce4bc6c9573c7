using Microsoft.AspNetCore.Http;

namespace Fat.AspNetCore.Dashboard;

/// <summary>Refuses actions that a page of another site asks for.</summary>
internal static class CrossSite
{
    /// <exception cref="RefusedRequestException">The browser says that another site asks.</exception>
    public static void Check(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0 && site is not ("same-origin" or "none"))
            throw Refusal.NotAllowed.Because("A page of another site asks for this.");

        // The scheme is left out: a proxy may have ended TLS.
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && !IsOwn(origin, request.Host))
            throw Refusal.NotAllowed.Because($"The origin '{origin}' is not the host of the request, '{request.Host}'. Behind a reverse proxy, let it pass the header Host on.");
    }

    private static bool IsOwn(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https" && origin.EndsWith($"//{host.Value}", StringComparison.OrdinalIgnoreCase);
}
