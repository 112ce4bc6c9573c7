using Fat;
using Fat.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Puts Fat into the pipeline of an ASP.NET Core application.</summary>
public static class FatApplicationBuilderExtensions
{
    /// <summary>
    /// Runs every endpoint that carries <see cref="FatServiceRegisterAttribute"/> (an MVC action or its controller, a
    /// minimal-API handler, <c>WithMetadata</c>) as a scope of a distributed transaction. The one nearest to the action counts.
    /// </summary>
    /// <param name="app">The pipeline.</param>
    /// <remarks>
    /// <para>
    /// Where: after <c>UseExceptionHandler</c>, <c>UseHttpsRedirection</c>, <c>UseRouting</c>, <c>UseCors</c>, <c>UseAuthentication</c> and
    /// <c>UseAuthorization</c>. A CORS preflight begins no scope, so <c>UseCors</c> may stand behind as well. A
    /// <see cref="WebApplication"/> that calls none of these has routed before its first middleware, so <c>app.UseFat()</c> can be
    /// its first line. Where the endpoint is chosen only after this point, the request fails instead of running without its scope.
    /// </para>
    /// <para>
    /// <c>UseExceptionHandler</c> before it, as above, leaves the answers to groups that failed to Fat, with their reasons. Behind it, the handler answers the exceptions of this service's
    /// endpoints, and the group's clients do not see their text: choose that, in every service, where clients must not be told why (docs/security.md, What people are shown).
    /// </para>
    /// <para>
    /// What the endpoint answers is held back (beyond 32 KiB on disk, in <c>ASPNETCORE_TEMP</c> or the directory for temporary
    /// files) until the scope is over, in a root until the decision is durable. <c>HasStarted</c> stays false meanwhile.
    /// </para>
    /// <para>
    /// An exception, and a status of 400 or more, fail the scope. The endpoint's own answer of 400 or more is sent as it is.
    /// Otherwise problem details are sent: 409 when rolled back, 500 when the outcome is in doubt, 503 when all branch workers are
    /// busy, 400 when the transaction context of the request is refused (then the endpoint does not run). The reason in them is
    /// the message of the first failure, of whichever service.
    /// </para>
    /// <para>
    /// A redirect (300 to 303, 307, 308 with <c>Location</c>) fails the scope of a call from inside a group, and is answered with 409: the caller's client would
    /// follow it, and what this call did would be lost to the group. Answer 200 or 201 instead. A root may redirect.
    /// </para>
    /// <para>
    /// An endpoint without the attribute takes no part in its caller's group, and says so. What would begin a group of its own while it handles a call from inside one is refused,
    /// here and in the services that it calls (<see cref="FatUnjoinedCall"/>), and the caller's group rolls back: put the attribute on the endpoint, or call inside <see cref="FatContext.Suppress"/> what is to be independent of the caller.
    /// </para>
    /// <para>
    /// A handler's <see cref="CancellationToken"/> is cancelled when the caller is gone and when the group is aborted or out of time.
    /// WebSockets and other upgrades, and gRPC, are refused: their answers cannot be held back, or hide the failure in trailers.
    /// Put the attribute on a method of a service that they call.
    /// </para>
    /// </remarks>
    /// <exception cref="FatConfigurationException">
    /// <c>services.AddFat(…)</c> was not called, or an MVC action carries <c>[FatTransaction]</c>. When the application starts: a marked endpoint has <c>ShortCircuit()</c>.
    /// </exception>
    public static IApplicationBuilder UseFat(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (!IsAdded(app.ApplicationServices))
        {
            throw new FatConfigurationException(
                "app.UseFat() needs the services of Fat: call builder.Services.AddFat(builder.Configuration) before the application is built.");
        }

        ActionCheck.Run(app.ApplicationServices);
        return app.Use(CheckMapped).UseMiddleware<FatMiddleware>();

        // When the pipeline is built, endpoints that are mapped behind this line are known.
        RequestDelegate CheckMapped(RequestDelegate next)
        {
            ShortCircuitCheck.Run(app.ApplicationServices.GetService<EndpointDataSource>());
            return next;
        }
    }

    /// <summary>Asked without making the service: the settings are validated when the host starts, not here.</summary>
    private static bool IsAdded(IServiceProvider services) =>
        services.GetService<IServiceProviderIsService>() is { } known
            ? known.IsService(typeof(IFatScopes))
            : services.GetService<IFatScopes>() is not null;
}
