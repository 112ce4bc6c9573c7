using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Fat.AspNetCore.Dashboard;

/// <summary>The JSON object of an action's request. Members are taken one by one; what is left over then is refused.</summary>
internal sealed class RequestBody
{
    /// <summary>The most bytes that are read.</summary>
    public const int Limit = 16 * 1024;

    private const int Depth = 4;

    private readonly Dictionary<string, JsonElement> _members;

    private RequestBody(Dictionary<string, JsonElement> members) => _members = members;

    /// <exception cref="RefusedRequestException">It is not JSON, too large, or not an object.</exception>
    public static async Task<RequestBody> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!IsJson(request.ContentType))
            throw Refusal.NotJson.Because($"The content type is '{request.ContentType}'. Send application/json in UTF-8.");
        var bytes = await ReadBytesAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            var root = JsonElement.Parse(bytes.Span, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = Depth });
            return root.ValueKind == JsonValueKind.Object
                ? new RequestBody(root.EnumerateObject().ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal))
                : throw Refusal.Malformed.Because("The body is not a JSON object.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Also a name that is no text: half of a surrogate pair, or bytes that are not UTF-8. Nothing was done.
            throw Refusal.Malformed.Because($"The body is not JSON: {exception.Message}", exception);
        }
    }

    /// <summary>A text that must be there.</summary>
    public string Text(string name, int longest)
    {
        var text = OptionalText(name, longest);
        return string.IsNullOrWhiteSpace(text) ? throw Refusal.Malformed.Because($"'{name}' is missing: a text of 1 to {longest} characters.") : text;
    }

    /// <summary>A text, or null.</summary>
    public string? OptionalText(string name, int longest)
    {
        if (!_members.Remove(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind != JsonValueKind.String)
            throw Refusal.Malformed.Because($"'{name}' is not a text.");
        var text = TextOf(name, value);
        if (text.Length > longest)
            throw Refusal.Malformed.Because($"'{name}' has {text.Length} characters; {longest} are taken.");
        return text.Contains('\0', StringComparison.Ordinal) ? throw Refusal.Malformed.Because($"'{name}' contains a null character.") : text;
    }

    /// <summary>One of some words, for which there are values.</summary>
    public T Choice<T>(string name, params (string Word, T Value)[] choices)
    {
        var text = OptionalText(name, Limit);
        foreach (var (word, value) in choices)
        {
            if (text == word)
                return value;
        }

        throw Refusal.Malformed.Because($"'{name}' is to be one of {string.Join(", ", choices.Select(choice => choice.Word))}.");
    }

    /// <summary>True or false; false when it is not there.</summary>
    public bool Flag(string name)
    {
        if (!_members.Remove(name, out var value))
            return false;
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Refusal.Malformed.Because($"'{name}' is neither true nor false."),
        };
    }

    /// <summary>A whole number that is not negative, and must be there.</summary>
    public int Number(string name) =>
        _members.Remove(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 0
            ? number
            : throw Refusal.Malformed.Because($"'{name}' is missing: a whole number from 0 on.");

    /// <exception cref="RefusedRequestException">There is a member that nobody has taken: a caller who means something by it must not be misunderstood.</exception>
    public void End()
    {
        if (_members.Count > 0)
            throw Refusal.Malformed.Because($"The body has members that are not known: {string.Join(", ", _members.Keys.Order(StringComparer.Ordinal))}.");
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    private static async Task<ReadOnlyMemory<byte>> ReadBytesAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var tooLarge = $"The body has more than {Limit} bytes.";
        if (request.ContentLength > Limit)
            throw Refusal.TooLarge.Because(tooLarge);
        var buffer = new byte[Limit + 1];
        var read = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return read <= Limit ? buffer.AsMemory(0, read) : throw Refusal.TooLarge.Because(tooLarge);
    }

    private static string TextOf(string name, JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            // Half of a surrogate pair, or bytes that are not UTF-8. Nothing was done.
            throw Refusal.Malformed.Because($"'{name}' is not a text: {exception.Message}", exception);
        }
    }
}
