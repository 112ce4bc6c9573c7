namespace Fat.AspNetCore.Dashboard;

/// <summary>The numbers of the first page. Thread-safe.</summary>
internal sealed class OverviewSource(Sources sources)
{
    private const int Minutes = 60;
    private const int Hours = 168;
    private const int MostReasons = 50;

    /// <summary>More open groups, branches in doubt and incidents than that are told as so many.</summary>
    private const int MostCounted = 1000;

    public async Task<OverviewAnswer> ReadAsync(string? service, FatCountStep step, CancellationToken cancellationToken)
    {
        var reads = new Reads();
        var counts = await CountAsync(service, step, step == FatCountStep.Minute ? Minutes : Hours, reads, cancellationToken).ConfigureAwait(false) ?? [];

        // Reasons are counted by the hour: of the last 60 minutes they are those of the present hour and of the one before.
        var explained = step == FatCountStep.Hour ? counts : await CountAsync(service, FatCountStep.Hour, 2, reads, cancellationToken).ConfigureAwait(false) ?? [];
        var now = await NowAsync(service, reads, cancellationToken).ConfigureAwait(false);
        return new OverviewAnswer(
            service,
            step == FatCountStep.Minute ? "hour" : "week",
            (long)(step == FatCountStep.Minute ? TimeSpan.FromMinutes(1) : TimeSpan.FromHours(1)).TotalMilliseconds,
            [.. counts.Select(OverviewPoint.Of)],
            Ranked(explained.SelectMany(count => count.Aborts)),
            new OverviewTotals(counts.Sum(count => count.Committed), counts.Sum(count => count.RolledBack), counts.Sum(count => count.InDoubt)),
            now,
            reads.Unreachable);
    }

    public async Task<LiveAnswer> SampleAsync(string? service, CancellationToken cancellationToken)
    {
        var reads = new Reads();
        var minute = await CountAsync(service, FatCountStep.Minute, 1, reads, cancellationToken).ConfigureAwait(false) is [.., var last] ? last : null;
        var now = await NowAsync(service, reads, cancellationToken).ConfigureAwait(false);
        return new LiveAnswer(
            sources.Time.GetUtcNow(),
            minute is null ? null : new LastMinute(minute.Committed, minute.RolledBack, minute.InDoubt, minute.Median?.TotalMilliseconds, minute.P99?.TotalMilliseconds),
            now,
            reads.Unreachable);
    }

    /// <summary>The most frequent first; what is beyond the limit is counted with those that the registry has put together, which have no service.</summary>
    private static IReadOnlyList<OverviewReason> Ranked(IEnumerable<FatAbortCount> aborts)
    {
        var all = aborts.GroupBy(abort => abort.Abort).Select(group => (Abort: group.Key, Count: group.Sum(abort => abort.Count))).ToList();
        var named = all.Where(reason => reason.Abort.Service.Length > 0).OrderByDescending(reason => reason.Count)
            .ThenBy(reason => reason.Abort.Service, StringComparer.Ordinal).ThenBy(reason => reason.Abort.Method, StringComparer.Ordinal).ThenBy(reason => reason.Abort.Reason, StringComparer.Ordinal)
            .ToList();
        var others = all.Where(reason => reason.Abort.Service.Length == 0).Sum(reason => reason.Count) + named.Skip(MostReasons).Sum(reason => reason.Count);
        var ranked = named.Take(MostReasons).Select(reason => new OverviewReason(reason.Abort.Service, reason.Abort.Method, reason.Abort.Reason, reason.Count));
        return [.. others > 0 ? ranked.Append(new OverviewReason(string.Empty, string.Empty, string.Empty, others)) : ranked];
    }

    private Task<IReadOnlyList<FatGroupCount>?> CountAsync(string? service, FatCountStep step, int count, Reads reads, CancellationToken cancellationToken) =>
        reads.ReadAsync<IReadOnlyList<FatGroupCount>>(Reads.Registry, () => sources.Monitor.CountAsync(service, step, count, cancellationToken));

    /// <summary>Open groups are those of the service asked for, or of all; the rest is what this process can see.</summary>
    private async Task<NowAnswer> NowAsync(string? service, Reads reads, CancellationToken cancellationToken)
    {
        int? open = 0;
        foreach (var name in service is not null ? [service] : await ServiceNames.ReadAsync(sources, reads, cancellationToken).ConfigureAwait(false))
        {
            var list = await reads.ListAsync(sources.Admin.ListOpenAsync(name, MostCounted, cancellationToken: cancellationToken)).ConfigureAwait(false);
            open = list.Unreachable.IsEmpty ? open + list.Items.Length : null;
        }

        var inDoubt = await reads.ListAsync(sources.Admin.ListInDoubtAsync(MostCounted, cancellationToken: cancellationToken)).ConfigureAwait(false);
        var incidents = await reads.ListAsync(sources.Admin.ListIncidentsAsync(onlyOpen: true, MostCounted, cancellationToken: cancellationToken)).ConfigureAwait(false);
        var failed = await reads.ReadAsync<long?>(Reads.Registry, async () => await sources.Messages.CountAsync(FatMessageState.Failed, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return new NowAnswer(
            open,
            Counted(inDoubt),
            inDoubt.Items.IsEmpty ? null : inDoubt.Items.Max(branch => branch.Age).TotalMilliseconds,
            Counted(incidents),
            failed);
    }

    /// <summary>What is there is told even where more may be missing; nothing at all, while a source is away, is not known.</summary>
    private static int? Counted<T>(FatList<T> list) => list.Items.IsEmpty && !list.Unreachable.IsEmpty ? null : list.Items.Length;
}
