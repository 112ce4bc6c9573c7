using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fat.AspNetCore.Dashboard;

/// <summary>What a request's path and query say. What makes no sense is refused; what is empty is taken for missing.</summary>
internal static class RequestFields
{
    /// <summary>The most that a list returns, and the most that it passes over.</summary>
    public const int MostLimit = 1000;
    public const int MostSkip = 100_000;

    private const int LongestName = 40;
    private const int LongestMessage = 128;
    private const int LongestCursor = 200;
    private const int LongestCall = 50;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
    private static readonly SearchValues<char> MessageCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:~-");
    private static readonly SearchValues<char> CallCharacters = SearchValues.Create("0123456789.");
    private static readonly SearchValues<char> ExecutionCharacters = SearchValues.Create("0123456789abcdef");

    /// <summary>ISO 8601, to the second or beyond it; without an offset it is UTC. No format that would need the present day.</summary>
    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd"];

    public static string? Service(HttpContext http) => Query(http, "service") is not { } text
        ? null
        : text.Length <= LongestName && !text.AsSpan().ContainsAnyExcept(NameCharacters)
            ? text
            : throw Refusal.Malformed.Because($"'service' is not a name: 1 to {LongestName} of A-Z a-z 0-9 . _ -");

    /// <summary>The group in the path.</summary>
    public static string Group(HttpContext http) => GroupOf(Path(http, "gid"));

    /// <summary>The group in the query.</summary>
    public static string? GroupAsked(HttpContext http) => Query(http, "gid") is { } text ? GroupOf(text) : null;

    /// <summary>The message in the path.</summary>
    public static string Message(HttpContext http) => MessageOf(Path(http, "gid"));

    /// <summary>The message in the query.</summary>
    public static string? MessageAsked(HttpContext http) => Query(http, "gid") is { } text ? MessageOf(text) : null;

    /// <summary>The group or message whose audit entries are asked for.</summary>
    public static string? Subject(HttpContext http) => Query(http, "subject") is not { } text
        ? null
        : text.Length <= LongestMessage ? text : throw Refusal.Malformed.Because($"'subject' has more than {LongestMessage} characters.");

    /// <summary>The branch of a group in the path.</summary>
    public static string Branch(HttpContext http) => Path(http, "branch") is var text && IsBranch(text)
        ? text
        : throw Refusal.Malformed.Because("That is not the id of a branch.");

    public static string? Cursor(HttpContext http) => Query(http, "cursor") is not { } text
        ? null
        : text.Length <= LongestCursor ? text : throw Refusal.Malformed.Because("'cursor' is not one that was given.");

    public static int Limit(HttpContext http, int otherwise) => Number(http, "limit", 1, MostLimit, otherwise);

    public static int Skip(HttpContext http) => Number(http, "skip", 0, MostSkip, 0);

    public static DateTimeOffset? Time(HttpContext http, string name)
    {
        if (Query(http, name) is not { } text)
            return null;
        return DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw Refusal.Malformed.Because($"'{name}' is not a time, as 2026-01-31T09:30:00Z.");
    }

    public static bool Flag(HttpContext http, string name, bool otherwise) => Choice(http, name, otherwise, ("true", true), ("false", false));

    public static T Choice<T>(HttpContext http, string name, T otherwise, params (string Word, T Value)[] choices)
    {
        if (Query(http, name) is not { } text)
            return otherwise;
        foreach (var (word, value) in choices)
        {
            if (word == text)
                return value;
        }

        throw Refusal.Malformed.Because($"'{name}' is to be one of {string.Join(", ", choices.Select(choice => choice.Word))}, or left out.");
    }

    private static int Number(HttpContext http, string name, int least, int most, int otherwise)
    {
        if (Query(http, name) is not { } text)
            return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Refusal.Malformed.Because($"'{name}' is to be a number from {least} to {most}.");
    }

    private static string GroupOf(string text) => Guid.TryParseExact(text, "D", out var value) && value != Guid.Empty && value.ToString("D") == text
        ? text
        : throw Refusal.Malformed.Because("'gid' is not the id of a group: a UUID in lower case with hyphens.");

    private static string MessageOf(string text) => text.Length is >= 1 and <= LongestMessage && !text.AsSpan().ContainsAnyExcept(MessageCharacters)
        ? text
        : throw Refusal.Malformed.Because($"'gid' is not the id of a message: 1 to {LongestMessage} of A-Z a-z 0-9 . _ : ~ -");

    private static string Path(HttpContext http, string name) => http.GetRouteValue(name) as string ?? string.Empty;

    private static string? Query(HttpContext http, string name)
    {
        var values = http.Request.Query[name];
        if (values.Count > 1)
            throw Refusal.Malformed.Because($"'{name}' is there more than once.");
        return values.ToString() is { Length: > 0 } text ? text : null;
    }

    /// <summary>The path of its call, the execution's eight digits, and its number.</summary>
    private static bool IsBranch(string text) => text.Split('-') is [{ Length: >= 1 and <= LongestCall } call, { Length: 8 } execution, { Length: >= 1 and <= 4 } number]
        && !call.AsSpan().ContainsAnyExcept(CallCharacters) && !execution.AsSpan().ContainsAnyExcept(ExecutionCharacters) && !number.AsSpan().ContainsAnyExceptInRange('0', '9');
}
