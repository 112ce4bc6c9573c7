using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fat.AspNetCore;

/// <summary>
/// A mark on a request: a participant may be behind what it reached, so its caller must not hear that nobody takes part. It stays, whatever a pipeline that is
/// executed again for the same request (an error page) reaches.
/// </summary>
internal sealed class Unvouched
{
    private static readonly Unvouched Mark = new();

    /// <summary>Looks at what routing has chosen.</summary>
    public static void Note(HttpContext context, Endpoint endpoint)
    {
        if (IsRefusalOfRouting(endpoint))
            context.Features.Set(Mark);
    }

    /// <summary>405, 406, 415: routing puts an endpoint of its own, without metadata, in the place of those that it has refused. One of them may be marked.</summary>
    private static bool IsRefusalOfRouting(Endpoint endpoint) => endpoint is not RouteEndpoint && endpoint.Metadata.Count == 0;
}
