using System.Collections.ObjectModel;

namespace Fat.Messages;

/// <summary>The headers that come with a branch's calls. What could never be sent is refused where it is written: a call that fails for it would be repeated for ever.</summary>
internal static class BranchHeaders
{
    /// <summary>Follow from the body: another length, or a body in chunks that are none, cannot be sent.</summary>
    private static readonly string[] OfTheBodysLength = ["Content-Length", "Transfer-Encoding"];

    /// <summary>What is wrong with a header, or null.</summary>
    public static string? Problem(string name, string value)
    {
        if (OfTheBodysLength.Contains(name, StringComparer.OrdinalIgnoreCase))
            return $"header '{name}' follows from the body";
        using var request = new HttpRequestMessage { Content = new ByteArrayContent([]) };
        if (!TryAdd(request, name, string.Empty))
            return $"'{name}' is not the name of a header that a request can have";
        return value.All(character => character is >= ' ' and <= '~') ? null : $"the value of header '{name}' has other characters than visible ones of ASCII and spaces";
    }

    public static void Add(HttpRequestMessage request, IReadOnlyDictionary<string, string>? headers)
    {
        foreach (var (name, value) in headers ?? ReadOnlyDictionary<string, string>.Empty)
            TryAdd(request, name, value);
    }

    /// <summary>A header of the body replaces what is there.</summary>
    private static bool TryAdd(HttpRequestMessage request, string name, string value)
    {
        if (request.Headers.TryAddWithoutValidation(name, value))
            return true;
        if (request.Content is null || !request.Content.Headers.TryAddWithoutValidation(name, value))
            return false;
        request.Content.Headers.Remove(name);
        return request.Content.Headers.TryAddWithoutValidation(name, value);
    }
}
