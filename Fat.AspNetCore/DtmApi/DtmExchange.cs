using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fat.AspNetCore.DtmApi;

/// <summary>Reads requests and writes answers as a DTM server does: <c>dtm_result</c> and <c>message</c>, and the status that says the same.</summary>
internal static class DtmExchange
{
    private const int TooEarly = 425;

    /// <summary>What is around a transaction of the greatest size in its request: its JSON is escaped there once more.</summary>
    private const int RequestPerSize = 4;

    public static async Task AnswerAsync(HttpContext http, Func<HttpContext, IFatDtmServer, Task> serve)
    {
        try
        {
            await serve(http, http.RequestServices.GetRequiredService<IFatDtmServer>()).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // In doubt for the caller, who has gone: he asks again.
        }
        catch (Exception exception) when (!http.Response.HasStarted)
        {
            // In doubt: stored or not. Every request may be repeated.
            var logger = http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Fat");
            Log.DtmRequestFailed(logger, http.Request.Path, RedactedException.Of(exception, http.RequestServices));
            await WriteAsync(http, StatusCodes.Status500InternalServerError, null, "The request failed, and may have taken effect: repeat it.").ConfigureAwait(false);
        }
    }

    /// <summary>Reads the body; null when there is none that can be read: that is answered already.</summary>
    public static async Task<T?> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type)
        where T : class
    {
        var limit = http.RequestServices.GetRequiredService<IOptions<FatOptions>>().Value.Messages.SizeLimit * (long)RequestPerSize;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bound)
            bound.MaxRequestBodySize = limit;
        if (http.Request.ContentLength > limit)
        {
            await TooLargeAsync(http, limit).ConfigureAwait(false);
            return null;
        }

        try
        {
            if (await JsonSerializer.DeserializeAsync(http.Request.Body, type, http.RequestAborted).ConfigureAwait(false) is { } read)
                return read;
            await WriteAsync(http, new FatDtmAnswer(FatDtmResult.Refused, "The body is not a JSON object.")).ConfigureAwait(false);
        }
        catch (JsonException exception)
        {
            // Refused: nothing was begun.
            await WriteAsync(http, new FatDtmAnswer(FatDtmResult.Refused, $"The body is not the JSON of a transaction: {exception.Message}")).ConfigureAwait(false);
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            // Refused: nothing was begun.
            await TooLargeAsync(http, limit).ConfigureAwait(false);
        }

        return null;
    }

    public static Task WriteAsync(HttpContext http, FatDtmAnswer answer) => answer.Result switch
    {
        FatDtmResult.Success => WriteAsync(http, StatusCodes.Status200OK, "SUCCESS", answer.Message),
        FatDtmResult.Failure => WriteAsync(http, StatusCodes.Status409Conflict, "FAILURE", answer.Message),
        FatDtmResult.Ongoing => WriteAsync(http, TooEarly, "ONGOING", answer.Message),
        _ => WriteAsync(http, StatusCodes.Status400BadRequest, "FAILURE", answer.Message),
    };

    public static Task WriteAsync<T>(HttpContext http, T body, JsonTypeInfo<T> type) => http.Response.WriteAsJsonAsync(body, type, "application/json", http.RequestAborted);

    /// <summary>
    /// What is known of transactions. Dtmcli takes every answer for a failure whose text has FAILURE in it, that about a transaction which failed for such a reason too: the letters
    /// are escaped, and whoever reads JSON reads the same.
    /// </summary>
    public static Task WriteKnownAsync<T>(HttpContext http, T body, JsonTypeInfo<T> type)
    {
        var text = JsonSerializer.Serialize(body, type).Replace("FAILURE", @"\u0046AILURE", StringComparison.Ordinal).Replace("ONGOING", @"\u004FNGOING", StringComparison.Ordinal);
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(text, http.RequestAborted);
    }

    private static Task TooLargeAsync(HttpContext http, long limit) =>
        WriteAsync(http, StatusCodes.Status413PayloadTooLarge, "FAILURE", $"The body has more than {limit} bytes (4 times Fat:Messages:SizeLimit).");

    private static Task WriteAsync(HttpContext http, int status, string? result, string? message)
    {
        http.Response.StatusCode = status;
        return WriteAsync(http, new DtmReplyBody(result, message), DtmBodies.Default.DtmReplyBody);
    }
}
