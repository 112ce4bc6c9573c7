using System.Data.Common;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Fat.AspNetCore.Dashboard;

/// <summary>Problem details (RFC 9457), always as JSON and without what the application adds to its own: who reads them knows these members.</summary>
internal sealed record DashboardProblem(string Type, string Title, int Status, string Detail)
{
    private const int RetryAfterSeconds = 2;

    public static DashboardProblem Of(Exception exception) => exception switch
    {
        RefusedRequestException refused => Of(refused.Refusal, refused.Message),
        FatForceRefusedException or FatIncidentRefusedException or FatMessageRefusedException => Of(Refusal.Refused, exception.Message),
        FatInDoubtException => Of(Refusal.InDoubt, exception.Message),
        FatMonitorUnavailableException or DbException or TimeoutException => Of(Refusal.Away, exception.Message),
        OperationCanceledException => Of(Refusal.InDoubt, "The application is stopping. If something was to be done, it may have been: look at it again."),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Of(Refusal.TooLarge, exception.Message),
        BadHttpRequestException => Of(Refusal.Malformed, exception.Message),
        ArgumentException argument => Of(Refusal.Malformed, Said(argument)),
        _ => Of(Refusal.Failed, "The request failed; the application's log says why. If something was to be done, it may have been: look at it again."),
    };

    public async Task WriteAsync(HttpContext http)
    {
        http.Response.StatusCode = Status;
        if (Status == StatusCodes.Status503ServiceUnavailable)
            http.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        await DashboardJson.WriteAsync(http, this, "application/problem+json").ConfigureAwait(false);
    }

    private static DashboardProblem Of(Refusal refusal, string detail) => new($"urn:fat:{refusal.Kind}", refusal.Title, refusal.Status, detail);

    /// <summary>Without the name of the parameter, which is that of a method and not of the request.</summary>
    private static string Said(ArgumentException argument) =>
        argument.ParamName is null ? argument.Message : argument.Message.Replace($" (Parameter '{argument.ParamName}')", string.Empty, StringComparison.Ordinal);
}
