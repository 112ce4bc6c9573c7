using System.Collections.Immutable;
using Fat.Diagnostics;

namespace Fat.Administration;

/// <summary>What the registry remembers, with the application's redactor over every reason.</summary>
internal sealed class RedactedMonitor(IFatMonitor monitor, Redaction redaction) : IFatMonitor
{
    public Task<IReadOnlyList<string>> ListServicesAsync(CancellationToken cancellationToken = default) => monitor.ListServicesAsync(cancellationToken);

    public Task<IReadOnlyList<FatInstance>> ListInstancesAsync(CancellationToken cancellationToken = default) => monitor.ListInstancesAsync(cancellationToken);

    public async Task<FatPage<FatPastGroup>> ListGroupsAsync(FatGroupQuery query, CancellationToken cancellationToken = default)
    {
        var page = await monitor.ListGroupsAsync(query, cancellationToken).ConfigureAwait(false);
        return page with { Items = [.. page.Items.Select(Show)] };
    }

    public async Task<FatGroupHistory?> FindGroupAsync(string gid, CancellationToken cancellationToken = default) =>
        await monitor.FindGroupAsync(gid, cancellationToken).ConfigureAwait(false) is { } found
            ? found with { Group = Show(found.Group), Branches = [.. found.Branches.Select(branch => branch with { Failure = redaction.Reason(found.Group.Gid, branch.Method, branch.Failure) })] }
            : null;

    public async Task<IReadOnlyList<FatGroupCount>> CountAsync(string? service, FatCountStep step, int count, CancellationToken cancellationToken = default)
    {
        var counts = await monitor.CountAsync(service, step, count, cancellationToken).ConfigureAwait(false);
        return [.. counts.Select(one => one with { Aborts = Show(one.Aborts) })];
    }

    /// <summary>Reasons that are shown alike are one; the last one, which stands for all others, stays the last.</summary>
    private ImmutableArray<FatAbortCount> Show(ImmutableArray<FatAbortCount> aborts) =>
    [
        .. aborts.Where(one => one.Abort.Service.Length > 0)
            .GroupBy(one => redaction.Shown(string.Empty, one.Abort))
            .Select(alike => new FatAbortCount(alike.Key, alike.Sum(one => one.Count)))
            .OrderByDescending(one => one.Count),
        .. aborts.Where(one => one.Abort.Service.Length == 0),
    ];

    private FatPastGroup Show(FatPastGroup group) => group.Abort is { } abort ? group with { Abort = redaction.Shown(group.Gid, abort) } : group;
}
