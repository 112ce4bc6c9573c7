using Fat;
using Fat.AspNetCore.DtmApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Makes an application a DTM server for those who may reach it.</summary>
public static class FatDtmEndpointExtensions
{
    /// <summary>
    /// Serves DTM's HTTP interface (https://en.dtm.pub/ref/http.html) for messages, sagas and TCC, so that programs written with a client of DTM, as Dtmcli, find a server here: POST <c>prepare</c>, <c>submit</c>,
    /// <c>abort</c>, <c>registerBranch</c> (<c>registerTccBranch</c>), <c>forceStop</c>, <c>resetNextCronTime</c>; GET <c>newGid</c>, <c>query</c>, <c>all</c>, <c>version</c>.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="prefix">What the paths begin with. Default: <c>/api/dtmsvr</c>, as clients expect it.</param>
    /// <returns>
    /// All these endpoints: call <c>RequireAuthorization("policy")</c> on it. Whoever reaches them makes this service call any address with any body, and DTM's clients send no credentials by themselves: without a policy,
    /// serve them on a port or network that only callers reach whom you know.
    /// </returns>
    /// <exception cref="FatConfigurationException"><c>AddDtmServer()</c> was not called behind <c>AddFat(…)</c>.</exception>
    public static IEndpointConventionBuilder MapFatDtm(this IEndpointRouteBuilder endpoints, string prefix = "/api/dtmsvr")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        if (endpoints.ServiceProvider.GetService<IServiceProviderIsService>()?.IsService(typeof(IFatDtmServer)) == false)
            throw new FatConfigurationException("app.MapFatDtm() needs AddDtmServer(): call builder.Services.AddFat(builder.Configuration).AddDtmServer() before the application is built.");
        return DtmEndpoints.Map(endpoints.MapGroup(prefix));
    }
}
