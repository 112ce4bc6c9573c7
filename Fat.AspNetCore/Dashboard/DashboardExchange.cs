using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fat.AspNetCore.Dashboard;

/// <summary>What goes round every request: headers, who is let in, and problems for what is refused or fails.</summary>
internal static class DashboardExchange
{
    public static RequestDelegate Answer<T>(Func<HttpContext, Task<T>> serve) =>
        Around(async http => await DashboardJson.WriteAsync(http, await serve(http).ConfigureAwait(false)).ConfigureAwait(false));

    public static RequestDelegate Around(Func<HttpContext, Task> serve) => async http =>
    {
        DashboardHeaders.Set(http.Response);
        try
        {
            Access.Check(http);
            await serve(http).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Whoever asked has gone, and there is nobody to answer.
        }
        catch (Exception exception) when (!http.Response.HasStarted)
        {
            // Refused, or failed as the problem says.
            var problem = DashboardProblem.Of(exception);
            if (problem.Status == StatusCodes.Status500InternalServerError)
            {
                var logger = http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Fat");
                Log.DashboardRequestFailed(logger, http.Request.Method, http.Request.Path, RedactedException.Of(exception, http.RequestServices));
            }

            await problem.WriteAsync(http).ConfigureAwait(false);
        }
    };
}
