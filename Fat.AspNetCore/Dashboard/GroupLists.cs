using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Fat.AspNetCore.Dashboard;

/// <summary>Lists of groups: those that have ended, from the registry's memory, and those that are open, service by service.</summary>
internal sealed class GroupLists(Sources sources)
{
    private const int Listed = 50;

    public async Task<GroupsAnswer> ListAsync(HttpContext http)
    {
        var state = RequestFields.Choice<GroupState?>(
            http, "state", null, ("open", GroupState.Open), ("committed", GroupState.Committed), ("rolled-back", GroupState.RolledBack), ("in-doubt", GroupState.InDoubt));
        var query = new FatGroupQuery
        {
            Service = RequestFields.Service(http),
            Outcome = state switch
            {
                GroupState.Committed => FatOutcome.Committed,
                GroupState.RolledBack => FatOutcome.RolledBack,
                GroupState.InDoubt => FatOutcome.InDoubt,
                _ => null,
            },
            From = RequestFields.Time(http, "from"),
            To = RequestFields.Time(http, "to"),
            Cursor = RequestFields.Cursor(http),
            Limit = RequestFields.Limit(http, Listed),
        };
        var reads = new Reads();
        if (RequestFields.GroupAsked(http) is { } gid)
            return await OneAsync(gid, reads, http.RequestAborted).ConfigureAwait(false);
        return state == GroupState.Open
            ? await OpenAsync(query, reads, http.RequestAborted).ConfigureAwait(false)
            : await EndedAsync(query, reads, http.RequestAborted).ConfigureAwait(false);
    }

    private async Task<GroupsAnswer> OneAsync(string gid, Reads reads, CancellationToken cancellationToken)
    {
        var story = await GroupStory.ReadAsync(sources, gid, reads, cancellationToken).ConfigureAwait(false);
        return new GroupsAnswer(story.IsUnknown ? [] : [story.Short(sources.Time.GetUtcNow())], null, reads.Unreachable);
    }

    private async Task<GroupsAnswer> EndedAsync(FatGroupQuery query, Reads reads, CancellationToken cancellationToken)
    {
        var page = await reads.ReadAsync(Reads.Registry, () => sources.Monitor.ListGroupsAsync(query, cancellationToken)).ConfigureAwait(false);
        return page is null ? new GroupsAnswer([], null, reads.Unreachable) : new GroupsAnswer([.. page.Items.Select(Shown)], page.Next, reads.Unreachable);
    }

    /// <summary>Each service's in the order in which they run out of time. The cursor is how many were passed over, and the service in which to go on.</summary>
    private async Task<GroupsAnswer> OpenAsync(FatGroupQuery query, Reads reads, CancellationToken cancellationToken)
    {
        var services = query.Service is { } only ? [only] : await ServiceNames.ReadAsync(sources, reads, cancellationToken).ConfigureAwait(false);
        var (skip, first) = query.Cursor is { } cursor ? Place(cursor) : (0, string.Empty);
        var items = new List<GroupAnswer>();
        string? next = null;
        foreach (var service in services.Where(service => string.CompareOrdinal(service, first) >= 0))
        {
            var passed = service == first ? skip : 0;
            if (items.Count == query.Limit)
            {
                next = CursorAt(passed, service);
                break;
            }

            var most = query.Limit - items.Count;
            var list = await reads.ListAsync(sources.Admin.ListOpenAsync(service, most, passed, cancellationToken)).ConfigureAwait(false);
            items.AddRange(list.Items.Where(group => group.Began >= (query.From ?? group.Began) && !(group.Began >= query.To)).Select(Shown));
            if (list.HasMore && passed + most <= RequestFields.MostSkip)
            {
                next = CursorAt(passed + most, service);
                break;
            }
        }

        return new GroupsAnswer(items, next, reads.Unreachable);
    }

    private GroupAnswer Shown(FatOpenGroup group) => new(
        group.Gid, group.RootService, group.Record?.Scopes.FirstOrDefault(scope => scope.IsRoot)?.Name ?? string.Empty, GroupState.Open, group.Began, null,
        (sources.Time.GetUtcNow() - group.Began).TotalMilliseconds, group.Record?.Branches.Length ?? 0, AbortAnswer.Of(group.Record?.Abort));

    private static GroupAnswer Shown(FatPastGroup group) => new(
        group.Gid, group.Service, group.Method,
        group.Outcome switch
        {
            FatOutcome.Committed => GroupState.Committed,
            FatOutcome.RolledBack => GroupState.RolledBack,
            FatOutcome.InDoubt => GroupState.InDoubt,
            _ => GroupState.Unknown,
        },
        group.Began, group.Ended, (group.Ended - group.Began).TotalMilliseconds, group.Branches, AbortAnswer.Of(group.Abort));

    private static string CursorAt(int skip, string service) => $"{skip.ToString(CultureInfo.InvariantCulture)}.{service}";

    private static (int Skip, string Service) Place(string cursor)
    {
        var dot = cursor.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && int.TryParse(cursor.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var skip) && skip <= RequestFields.MostSkip
            ? (skip, cursor[(dot + 1)..])
            : throw Refusal.Malformed.Because("'cursor' is not one that was given for open groups.");
    }
}
