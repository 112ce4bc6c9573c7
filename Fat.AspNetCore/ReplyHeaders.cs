using Microsoft.AspNetCore.Http;

namespace Fat.AspNetCore;

/// <summary>
/// Puts the reply fields into an answer's headers. They are added when the answer starts: whoever replaces the answer on its
/// way out (error pages clear all headers) would otherwise lose them.
/// </summary>
internal static class ReplyHeaders
{
    public static void Add(HttpContext context, IReadOnlyDictionary<string, string> reply)
    {
        if (reply.Count > 0)
            context.Response.OnStarting(static state => AddNow((Pending)state), new Pending(context, reply));
    }

    /// <summary>The caller sent a group along, and the endpoint that it reached, if any, takes no part in it.</summary>
    public static void Announce(HttpContext context, FatUnjoinedCall call)
    {
        // A pipeline that is executed again for the same request (an error page) does not take back that something was refused.
        if (context.Features.Get<FatUnjoinedCall>() is not { IsRefused: true })
            context.Features.Set(call);
        context.Response.OnStarting(static state => AnnounceNow((HttpContext)state), context);
    }

    private static Task AddNow(Pending pending)
    {
        var headers = pending.Context.Response.Headers;
        foreach (var (name, value) in pending.Reply)
            headers[name] = value;

        // With its votes it is an answer within one group: a cache would give it to others.
        headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }

    private static Task AnnounceNow(HttpContext context)
    {
        var headers = context.Response.Headers;
        var call = context.Features.Get<FatUnjoinedCall>()!;
        if (call.IsRefused)
        {
            foreach (var (name, value) in call.Reply)
                headers[name] = value;
            return Task.CompletedTask;
        }

        // An endpoint that forwards to a participant passes that one's reply on, or, with a gateway's status, has lost it.
        var lost = context.Response.StatusCode
            is StatusCodes.Status502BadGateway or StatusCodes.Status503ServiceUnavailable or StatusCodes.Status504GatewayTimeout;
        if (lost || context.Features.Get<ScopeEntered>() is not null || context.Features.Get<Unvouched>() is not null)
            return Task.CompletedTask;
        foreach (var (name, value) in call.Reply)
            headers.TryAdd(name, value);
        return Task.CompletedTask;
    }

    private sealed record Pending(HttpContext Context, IReadOnlyDictionary<string, string> Reply);
}
