namespace Fat.Registry;

/// <summary>Which ended groups of a service are wanted.</summary>
/// <param name="Outcome">How they ended; null for any.</param>
/// <param name="From">Those that ended at that time or later.</param>
/// <param name="To">Those that ended before that time.</param>
/// <param name="Behind">Those behind that place, which are older.</param>
/// <param name="Most">How many.</param>
internal sealed record PastQuery(PastOutcome? Outcome, DateTimeOffset? From, DateTimeOffset? To, PastPlace? Behind, int Most)
{
    /// <summary>
    /// Groups of which only branches have told stay out of the list for so long after that, for their roots are about to tell, or they are still open.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>The first place that is not before <see cref="From"/>, as text.</summary>
    public string Lowest => From is { } from ? PastPlace.TimeText(PastPlace.MicrosecondsFrom(from)) : string.Empty;

    /// <summary>The text that is above every place that is wanted; null when nothing is.</summary>
    /// <param name="outcome">The groups that are listed.</param>
    /// <param name="now">The present.</param>
    public string? Above(PastOutcome outcome, DateTimeOffset now)
    {
        var to = To is { } end ? PastPlace.TimeText(PastPlace.MicrosecondsFrom(end)) : null;
        var patience = outcome == PastOutcome.Told ? PastPlace.TimeText(PastPlace.Microseconds1970(now - Patience)) : null;
        return Least(Least(to, patience), Behind?.ToString());
    }

    private static string? Least(string? one, string? other) => one is null || (other is not null && string.CompareOrdinal(other, one) < 0) ? other : one;
}
