namespace Fat.AspNetCore.Dashboard;

/// <summary>How it went over an hour or a week, and how it stands.</summary>
internal sealed record OverviewAnswer(
    string? Service, string Range, long StepMs, IReadOnlyList<OverviewPoint> Points, IReadOnlyList<OverviewReason> Reasons, OverviewTotals Totals, NowAnswer Now, IReadOnlyList<string> Unreachable);

/// <summary>The groups that ended in a minute or an hour.</summary>
internal sealed record OverviewPoint(DateTimeOffset At, long Committed, long RolledBack, long InDoubt, double? P50Ms, double? P99Ms)
{
    public static OverviewPoint Of(FatGroupCount count) => new(
        count.From, count.Committed, count.RolledBack, count.InDoubt, count.Median?.TotalMilliseconds, count.P99?.TotalMilliseconds);
}

/// <summary>Why groups rolled back; an empty service stands for all other reasons.</summary>
internal sealed record OverviewReason(string Service, string Method, string Reason, long Count);

internal sealed record OverviewTotals(long Committed, long RolledBack, long InDoubt);

/// <summary>How it stands; null where the source is away.</summary>
internal sealed record NowAnswer(int? Open, int? InDoubt, double? OldestInDoubtMs, int? Incidents, long? FailedMessages);

/// <summary>What is sent to those who listen.</summary>
internal sealed record LiveAnswer(DateTimeOffset At, LastMinute? LastMinute, NowAnswer Now, IReadOnlyList<string> Unreachable);

/// <summary>The groups that ended in the last 60 s or less; null where the registry is away.</summary>
internal sealed record LastMinute(long Committed, long RolledBack, long InDoubt, double? P50Ms, double? P99Ms);
