using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fat.AspNetCore.DtmApi;

/// <summary>The endpoints of a DTM server.</summary>
internal static class DtmEndpoints
{
    private const int MostListed = 1_000;
    private const int Listed = 100;

    private static readonly string Version =
        typeof(DtmEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? string.Empty;

    public static RouteGroupBuilder Map(RouteGroupBuilder group)
    {
        Post(group, "prepare", static (server, request, token) => server.PrepareAsync(request, token));
        Post(group, "submit", static (server, request, token) => server.SubmitAsync(request, token));
        Post(group, "abort", static (server, request, token) => server.AbortAsync(request, token));
        Post(group, "forceStop", static (server, request, token) => server.ForceStopAsync(request.Gid, token));
        Post(group, "resetNextCronTime", static (server, request, token) => server.ResetNextCronTimeAsync(request.Gid, token));
        foreach (var name in new[] { "registerBranch", "registerTccBranch" })
            group.MapPost(name, static http => DtmExchange.AnswerAsync(http, RegisterAsync));
        group.MapGet("newGid", static http => DtmExchange.AnswerAsync(http, static (http, server) => DtmExchange.WriteAsync(http, new DtmGidBody(server.NewGid(), "SUCCESS"), DtmBodies.Default.DtmGidBody)));
        group.MapGet("query", static http => DtmExchange.AnswerAsync(http, QueryAsync));
        group.MapGet("all", static http => DtmExchange.AnswerAsync(http, AllAsync));
        group.MapGet("version", static http => DtmExchange.WriteAsync(http, new DtmVersionBody($"fat {Version}"), DtmBodies.Default.DtmVersionBody));
        return group;
    }

    private static void Post(RouteGroupBuilder group, string name, Func<IFatDtmServer, FatDtmRequest, CancellationToken, Task<FatDtmAnswer>> serve) =>
        group.MapPost(name, http => DtmExchange.AnswerAsync(http, async (http, server) =>
        {
            if (await DtmExchange.ReadAsync(http, DtmBodies.Default.FatDtmRequest).ConfigureAwait(false) is { } request)
                await DtmExchange.WriteAsync(http, await serve(server, request, http.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);
        }));

    private static async Task RegisterAsync(HttpContext http, IFatDtmServer server)
    {
        if (await DtmExchange.ReadAsync(http, DtmBodies.Default.FatDtmBranchRequest).ConfigureAwait(false) is { } branch)
            await DtmExchange.WriteAsync(http, await server.RegisterBranchAsync(branch, http.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private static async Task QueryAsync(HttpContext http, IFatDtmServer server)
    {
        var gid = http.Request.Query["gid"].ToString();
        if (gid.Length == 0)
        {
            await DtmExchange.WriteAsync(http, new FatDtmAnswer(FatDtmResult.Refused, "no gid specified")).ConfigureAwait(false);
            return;
        }

        var found = await server.FindAsync(gid, http.RequestAborted).ConfigureAwait(false);
        await DtmExchange.WriteKnownAsync(http, DtmQueryBody.Of(found), DtmBodies.Default.DtmQueryBody).ConfigureAwait(false);
    }

    /// <summary>Those that have not ended; one by its gid, also when it has.</summary>
    private static async Task AllAsync(HttpContext http, IFatDtmServer server)
    {
        var query = http.Request.Query;
        if (query["gid"].ToString() is { Length: > 0 } gid)
        {
            var found = await server.FindAsync(gid, http.RequestAborted).ConfigureAwait(false);
            await DtmExchange.WriteKnownAsync(http, new DtmAllBody(found is null ? [] : [DtmTransactionBody.Of(found)], string.Empty), DtmBodies.Default.DtmAllBody).ConfigureAwait(false);
            return;
        }

        var limit = int.TryParse(query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? Math.Clamp(asked, 1, MostListed) : Listed;
        var open = await server.ListAsync(query["position"].ToString() is { Length: > 0 } position ? position : null, limit, http.RequestAborted).ConfigureAwait(false);
        var body = new DtmAllBody([.. open.Select(DtmTransactionBody.Of)], open.Count == limit ? open[^1].Gid : string.Empty);
        await DtmExchange.WriteKnownAsync(http, body, DtmBodies.Default.DtmAllBody).ConfigureAwait(false);
    }
}
