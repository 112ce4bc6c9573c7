using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;

namespace Fat.AspNetCore.Dashboard;

/// <summary>The endpoints of the dashboard: the page, its files, and the API.</summary>
internal static class DashboardEndpoints
{
    private static readonly string[] Reading = [HttpMethods.Get];
    private static readonly string[] ReadingFiles = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] Acting = [HttpMethods.Post];

    public static void Map(RouteGroupBuilder group, IServiceProvider services, FatDashboardOptions options)
    {
        var sources = new Sources(services);
        var tokens = new ActionTokens(services);
        var gate = new ActionGate(options, tokens);
        var overview = new OverviewSource(sources);

        group.ExcludeFromDescription();
        Map(group, string.Empty, ReadingFiles, DashboardExchange.Around(DashboardAssets.WritePageAsync));
        Map(group, "assets/{**name}", ReadingFiles, DashboardExchange.Around(static http => DashboardAssets.WriteAsync(http, http.GetRouteValue("name") as string ?? string.Empty)));

        // The API answers a caller who is not signed in with a status, and not with the page at which to do so.
        var api = group.MapGroup("api").DisableCookieRedirect();
        Get(api, "session", new SessionEndpoint(sources, options, tokens).BeginAsync);
        Get(api, "overview", http => overview.ReadAsync(RequestFields.Service(http), RequestFields.Choice(http, "range", FatCountStep.Minute, ("hour", FatCountStep.Minute), ("week", FatCountStep.Hour)), http.RequestAborted));
        MapGroups(api, new GroupLists(sources), new GroupEndpoints(sources, gate));
        MapIncidents(api, new IncidentEndpoints(sources, gate, options.ShowPayloads));
        MapMessages(api, new MessageEndpoints(sources, gate, options.ShowPayloads));
        Get(api, "instances", async http => new AllAnswer<InstanceAnswer>([.. (await sources.Monitor.ListInstancesAsync(http.RequestAborted).ConfigureAwait(false)).Select(InstanceAnswer.Of)]));
        Get(api, "audit", new AuditList(sources).ListAsync);
        Map(api, "events", Reading, DashboardExchange.Around(new LiveEvents(sources, new LiveFeeds(sources, overview, services)).ServeAsync)).WithMetadata(new DisableRequestTimeoutAttribute());
        Map(api, "openapi.json", Reading, DashboardExchange.Around(DashboardAssets.WriteDescriptionAsync));
        group.Map("{**rest}", DashboardExchange.Around(static _ => throw Refusal.Unknown.Because("The dashboard has nothing at this address.")));
    }

    private static void MapGroups(RouteGroupBuilder api, GroupLists lists, GroupEndpoints groups)
    {
        Get(api, "groups", lists.ListAsync);
        Get(api, "groups/{gid}", groups.ShowAsync);
        Post(api, "groups/{gid}/force", groups.ForceAsync);
        Get(api, "in-doubt", groups.ListInDoubtAsync);
    }

    private static void MapIncidents(RouteGroupBuilder api, IncidentEndpoints incidents)
    {
        Get(api, "incidents", incidents.ListAsync);
        Get(api, "incidents/{gid}/{branch}", incidents.ShowAsync);
        Post(api, "incidents/{gid}/{branch}/replay", incidents.ReplayAsync);
        Post(api, "incidents/{gid}/{branch}/close", incidents.CloseAsync);
    }

    private static void MapMessages(RouteGroupBuilder api, MessageEndpoints messages)
    {
        Get(api, "messages", messages.ListAsync);
        Get(api, "messages/{gid}", messages.ShowAsync);
        Post(api, "messages/{gid}/retry", messages.RetryAsync);
        Post(api, "messages/{gid}/redeliver", messages.RedeliverAsync);
        Post(api, "messages/{gid}/cancel", messages.CancelAsync);
        Get(api, "subscriptions", messages.ListSubscriptionsAsync);
    }

    private static void Get<T>(RouteGroupBuilder group, string pattern, Func<HttpContext, Task<T>> serve) => Map(group, pattern, Reading, DashboardExchange.Answer(serve));

    private static void Post<T>(RouteGroupBuilder group, string pattern, Func<HttpContext, Task<T>> serve) => Map(group, pattern, Acting, DashboardExchange.Answer(serve));

    /// <summary>An address that is asked in another way says in which it can be, instead of passing for one that is not there.</summary>
    private static IEndpointConventionBuilder Map(RouteGroupBuilder group, string pattern, string[] methods, RequestDelegate answer)
    {
        group.Map(pattern, DashboardExchange.Around(http =>
        {
            http.Response.Headers.Allow = string.Join(", ", methods);
            throw Refusal.WrongMethod.Because($"This address answers {string.Join(" and ", methods)}.");
        }));
        return group.MapMethods(pattern, methods, answer);
    }
}
