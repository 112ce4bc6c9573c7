namespace Fat.Registry;

/// <summary>How long groups are counted together.</summary>
internal sealed record PastStep(TimeSpan Length, TimeSpan Kept, bool HasReasons)
{
    public static readonly PastStep Minute = new(TimeSpan.FromMinutes(1), RegistryLifetimes.Minutes, HasReasons: false);

    public static readonly PastStep Hour = new(TimeSpan.FromHours(1), RegistryLifetimes.Hours, HasReasons: true);

    /// <summary>The number of the step that a time is in, since 1970.</summary>
    public long Of(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / Length.Ticks;

    public DateTimeOffset From(long number) => DateTimeOffset.UnixEpoch.AddTicks(number * Length.Ticks);

    /// <summary>The last steps up to a time, oldest first.</summary>
    public IEnumerable<long> Last(int count, DateTimeOffset now)
    {
        for (var number = Of(now) - count + 1; number <= Of(now); number++)
            yield return number;
    }
}
