using System.Text.Json;
using Fat.AspNetCore.Buffering;
using Microsoft.AspNetCore.Http;

namespace Fat.AspNetCore;

/// <summary>Reads from an endpoint's answer why the endpoint failed.</summary>
internal static class EndpointFailure
{
    private const int MaxTextLength = 500;

    /// <summary>For an answer of 400 or more: <c>answered 404</c>, with the text of problem details.</summary>
    public static async Task<string> ReasonAsync(HttpResponse response, HeldResponse held, CancellationToken cancellationToken)
    {
        var text = IsPlainProblem(response) ? TextOf(await held.PeekAsync(cancellationToken).ConfigureAwait(false)) : null;
        return text is null ? $"answered {response.StatusCode}" : $"answered {response.StatusCode}: {text}";
    }

    private static bool IsPlainProblem(HttpResponse response) =>
        response.Headers.ContentEncoding.Count == 0 &&
        response.ContentType is { } type &&
        type.StartsWith("application/problem+json", StringComparison.OrdinalIgnoreCase);

    private static string? TextOf(byte[]? body)
    {
        if (body is null)
            return null;
        try
        {
            using var problem = JsonDocument.Parse(body);
            return problem.RootElement.ValueKind == JsonValueKind.Object
                ? Text(problem.RootElement, "detail") ?? Text(problem.RootElement, "title")
                : null;
        }
        catch (JsonException)
        {
            // What the endpoint wrote is not what it says it is. The status alone is the reason then.
            return null;
        }
    }

    private static string? Text(JsonElement problem, string member)
    {
        if (!problem.TryGetProperty(member, out var value) || value.ValueKind != JsonValueKind.String)
            return null;
        var text = value.GetString();
        if (string.IsNullOrWhiteSpace(text))
            return null;
        return text.Length <= MaxTextLength ? text : string.Concat(text.AsSpan(0, MaxTextLength - 1), "…");
    }
}
