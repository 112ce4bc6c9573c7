namespace Fat.Registry.Redis;

/// <summary>Failures of one kind that come again and again. Not thread-safe.</summary>
/// <param name="patience">How long they have to, and how far apart two of them may be.</param>
/// <param name="time">The clock.</param>
internal sealed class Streak(TimeSpan patience, TimeProvider time)
{
    private long? _since;
    private long _last;

    /// <summary>One more has come. True when they have come for so long; then they are counted from the beginning.</summary>
    public bool Goes()
    {
        var now = time.GetTimestamp();
        if (_since is not { } since || time.GetElapsedTime(_last, now) >= patience)
            since = now;
        var goes = time.GetElapsedTime(since, now) >= patience;
        _since = goes ? null : since;
        _last = now;
        return goes;
    }
}
