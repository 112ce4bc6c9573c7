using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Fat.AspNetCore;

/// <summary>
/// Sorts requests: those of marked endpoints run as scopes, others pass. One middleware serves MVC and minimal APIs alike,
/// because both carry the attribute in their endpoint's metadata. An MVC or endpoint filter would run inside the pipeline that
/// writes the answer, and could not hold back what it writes.
/// </summary>
internal sealed class FatMiddleware(RequestDelegate next, IFatScopes scopes, ILogger<FatMiddleware> logger)
{
    public Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        if (endpoint is not null)
            ActionCheck.Run(endpoint);
        var attribute = endpoint?.Metadata.GetMetadata<FatServiceRegisterAttribute>();
        if (attribute is null)
            return RequestHeaders.AreFromInside(context.Request.Headers) ? UnjoinedAsync(context, endpoint) : UnmarkedAsync(context, endpoint);

        if (!IsPreflight(context.Request))
            return RunAsync(context, endpoint!, attribute, next);

        // Who answers the preflight stands further in. If nobody does, the endpoint runs, and then as a scope.
        context.SetEndpoint(new Endpoint(unanswered => RunAsync(unanswered, endpoint!, attribute, endpoint!.RequestDelegate!), endpoint!.Metadata, endpoint.DisplayName));
        return next(context);
    }

    /// <summary>A browser's question about the request to come: routing gives it the endpoint of that one.</summary>
    private static bool IsPreflight(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method) &&
        request.Headers.ContainsKey(HeaderNames.Origin) &&
        request.Headers.ContainsKey(HeaderNames.AccessControlRequestMethod);

    private Task RunAsync(HttpContext context, Endpoint endpoint, FatServiceRegisterAttribute attribute, RequestDelegate body)
    {
        // The pipeline holds UseFat twice: the outer one has begun the scope.
        if (context.Features.Get<ScopeEntered>() is { Over: false })
            return body(context);

        var request = new FatScopeRequest(ScopeName.Of(context.Request, endpoint), attribute);
        return new EndpointScope(context, body, scopes, logger).RunAsync(request);
    }

    /// <summary>
    /// The caller sent a group along, or handles a call of one without a part in it; the endpoint that was reached here, if any, takes no part. Whether the context could be read does not
    /// matter: the caller is in a group.
    /// </summary>
    private async Task UnjoinedAsync(HttpContext context, Endpoint? endpoint)
    {
        using var call = FatUnjoinedCall.Enter(NameOf(context, endpoint), RequestHeaders.Unread(context.Request.Headers));
        if (endpoint is not null)
            Unvouched.Note(context, endpoint);
        ReplyHeaders.Announce(context, call);
        await UnmarkedAsync(context, endpoint).ConfigureAwait(false);
    }

    /// <summary>For refusals further on, in other services.</summary>
    private static string NameOf(HttpContext context, Endpoint? endpoint)
    {
        var name = endpoint is null ? $"{context.Request.Method} {context.Request.Path}" : ScopeName.Of(context.Request, endpoint);
        return $"'{name}' of {context.RequestServices.GetRequiredService<IOptions<FatOptions>>().Value.ServiceName}";
    }

    private Task UnmarkedAsync(HttpContext context, Endpoint? endpoint) => endpoint is null ? LateRouting.RefuseMarkedAsync(context, next) : PlainAsync(context);

    /// <summary>An endpoint without a mark may call a service that is a root: how that ended is answered in the same way.</summary>
    private async Task PlainAsync(HttpContext context)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (FatException ended) when (!context.Response.HasStarted && Problems.Of(ended, context.RequestServices.GetService<IFatRedactor>()) is { } problem)
        {
            context.Response.Clear();
            await problem.WriteAsync(context, context.RequestAborted).ConfigureAwait(false);
        }
    }
}
