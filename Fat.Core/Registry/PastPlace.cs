using System.Globalization;
using System.Runtime.InteropServices;
using Fat.Protocol;

namespace Fat.Registry;

/// <summary>Where a group stands in the list of those that have ended: by its end, then by its id. Places are compared as text.</summary>
/// <param name="Microseconds">The end, since 1970; 16 digits, which last until 2286.</param>
/// <param name="Gid">The group.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PastPlace(long Microseconds, GroupId Gid)
{
    /// <summary>The digits of the time, with which the text begins.</summary>
    public const int TimeLength = 16;

    private const int GidLength = 36;
    private const long Most = 9_999_999_999_999_999;

    public static PastPlace Of(DateTimeOffset ended, GroupId gid) => new(Microseconds1970(ended), gid);

    /// <summary>Nothing is cut off but what is below a microsecond.</summary>
    public static long Microseconds1970(DateTimeOffset time) => Math.Clamp((time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, 0, Most);

    /// <summary>The first microsecond that is not before a time.</summary>
    public static long MicrosecondsFrom(DateTimeOffset time) =>
        Math.Clamp(((time - DateTimeOffset.UnixEpoch).Ticks + TimeSpan.TicksPerMicrosecond - 1) / TimeSpan.TicksPerMicrosecond, 0, Most);

    public static DateTimeOffset Time(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(Math.Clamp(microseconds, 0, Most) * TimeSpan.TicksPerMicrosecond);

    /// <summary>The time as text, before every place of that time.</summary>
    public static string TimeText(long microseconds) => microseconds.ToString("D16", CultureInfo.InvariantCulture);

    public static bool TryParse(string? text, out PastPlace place)
    {
        place = default;
        if (text is not { Length: TimeLength + GidLength } || !GroupId.TryParse(text[TimeLength..], out var gid))
            return false;
        if (!long.TryParse(text.AsSpan(0, TimeLength), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds))
            return false;
        place = new PastPlace(microseconds, gid);
        return true;
    }

    public override string ToString() => $"{TimeText(Microseconds)}{Gid}";
}
