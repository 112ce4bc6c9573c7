using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fat.AspNetCore;

/// <summary>
/// Watches a request that has no endpoint yet. A marked endpoint that is chosen only now would run without its scope,
/// and so commit alone: that is refused before it runs.
/// </summary>
internal sealed class LateRouting(HttpContext context, IEndpointFeature? inner) : IEndpointFeature
{
    private Endpoint? _endpoint;

    public Endpoint? Endpoint
    {
        get => inner is null ? _endpoint : inner.Endpoint;
        set
        {
            if (value?.Metadata.GetMetadata<FatServiceRegisterAttribute>() is not null)
            {
                throw new FatConfigurationException(
                    $"The endpoint '{value.DisplayName}' carries [FatServiceRegister] but was chosen after app.UseFat(). Call app.UseRouting() before app.UseFat().");
            }

            if (value is not null)
                Unvouched.Note(context, value);
            if (inner is null)
                _endpoint = value;
            else
                inner.Endpoint = value;
        }
    }

    public static async Task RefuseMarkedAsync(HttpContext context, RequestDelegate next)
    {
        var inner = context.Features.Get<IEndpointFeature>();
        context.Features.Set<IEndpointFeature>(new LateRouting(context, inner));
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            // Not left behind: the pipeline may be executed again for the same request, with routing before UseFat this time.
            if (inner is not null)
                context.Features.Set(inner);
            else
                RemoveWatch(context);
        }
    }

    /// <summary>Middleware further out (logs, metrics) reads the endpoint on the way back.</summary>
    private static void RemoveWatch(HttpContext context)
    {
        var chosen = context.GetEndpoint();
        context.Features.Set<IEndpointFeature>(null);
        if (chosen is not null)
            context.SetEndpoint(chosen);
    }
}
