using Microsoft.Extensions.Logging;

namespace Fat.Diagnostics;

/// <summary>Says how loud to log what happens again and again while something is away: as it deserves once in an interval, and for debugging otherwise. Thread-safe.</summary>
internal sealed class Reminder(TimeProvider time, TimeSpan interval)
{
    /// <summary>So often that an alert on the event stays up, and no log fills with it.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long? _told;

    /// <summary>The level that it deserves, when it was not given for an interval.</summary>
    public LogLevel Level(LogLevel deserved) => IsDue() ? deserved : LogLevel.Debug;

    /// <summary>Whether it is time to tell, which then counts as told.</summary>
    public bool IsDue()
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            if (_told is { } told && time.GetElapsedTime(told, now) < interval)
                return false;
            _told = now;
            return true;
        }
    }
}
