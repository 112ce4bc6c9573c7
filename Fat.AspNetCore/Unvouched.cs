using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fat.AspNetCore;

/// <summary>
/// A mark on a request: a participant may be behind what it reached, so its caller must not hear that nobody takes part. It stays, whatever a pipeline that is
/// executed again for the same request (an error page) reaches.
/// </summary>
internal sealed class Unvouched
{
    private const string YarpRoute = "Yarp.ReverseProxy.Model.RouteModel";
    private static readonly Unvouched Mark = new();

    /// <summary>Looks at what routing has chosen.</summary>
    public static void Note(HttpContext context, Endpoint endpoint)
    {
        if (IsRefusalOfRouting(endpoint) || IsForwarder(endpoint))
            context.Features.Set(Mark);
    }

    /// <summary>405, 406, 415: routing puts an endpoint of its own, without metadata, in the place of those that it has refused. One of them may be marked.</summary>
    private static bool IsRefusalOfRouting(Endpoint endpoint) => endpoint is not RouteEndpoint && endpoint.Metadata.Count == 0;

    /// <summary>A gateway's endpoint hands the group on to whom it forwards: if that one's reply does not come back through it, it is lost, and is not made up here.</summary>
    private static bool IsForwarder(Endpoint endpoint) => endpoint.Metadata.Any(static item => item.GetType().FullName == YarpRoute);
}
