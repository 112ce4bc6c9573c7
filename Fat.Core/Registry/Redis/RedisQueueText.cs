using System.Globalization;

namespace Fat.Registry.Redis;

/// <summary>How the scripts on a queue of work write what they are given and what they return.</summary>
internal static class RedisQueueText
{
    /// <summary>A text that may be missing is told from an empty one.</summary>
    public static string OfOptional(string? text) => text is null ? string.Empty : "+" + text;

    public static string? ParseOptional(string text) => text.Length == 0 ? null : text[1..];

    public static string Milliseconds(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    public static TimeSpan? ParseMilliseconds(string text) => text.Length == 0 ? null : TimeSpan.FromMilliseconds(Number(text));

    /// <summary>A time of the server.</summary>
    public static DateTimeOffset? ParseTime(string? text) => string.IsNullOrEmpty(text) ? null : DateTimeOffset.FromUnixTimeMilliseconds(Number(text));

    public static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    public static int Count(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    public static string Of(WorkOutcome outcome) => outcome switch
    {
        WorkOutcome.Done => "d",
        WorkOutcome.Failed => "f",
        WorkOutcome.Again => "a",
        WorkOutcome.SetAside => "s",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "An unknown outcome."),
    };

    /// <summary>A piece that waits for its key is ready too.</summary>
    public static WorkState ParseState(string text) => text switch
    {
        "l" => WorkState.Later,
        "t" => WorkState.Taken,
        "a" => WorkState.SetAside,
        _ => WorkState.Ready,
    };
}
