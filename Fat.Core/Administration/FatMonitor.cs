using System.Collections.Immutable;
using Fat.Coordination;
using Fat.Protocol;
using Fat.Registry;

namespace Fat.Administration;

/// <summary>Checks what is asked for, and asks the registry what it remembers of each service.</summary>
internal sealed class FatMonitor(Node node) : IFatMonitor
{
    private const int LargestLimit = 1000;
    private const int MostMinutes = 120;
    private const int MostHours = 168;
    private static readonly TimeSpan Alive = TimeSpan.FromMinutes(1);

    private readonly IHistory _history = node.History!;

    public Task<IReadOnlyList<string>> ListServicesAsync(CancellationToken cancellationToken = default) => AskAsync<IReadOnlyList<string>>(async () =>
    {
        var instances = await _history.InstancesAsync(Alive, cancellationToken).ConfigureAwait(false);
        var services = await _history.ServicesAsync(cancellationToken).ConfigureAwait(false);
        return [.. services.Concat(instances.Select(instance => instance.Id.Service)).Select(name => name.Text).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    });

    public Task<IReadOnlyList<FatInstance>> ListInstancesAsync(CancellationToken cancellationToken = default) => AskAsync<IReadOnlyList<FatInstance>>(async () =>
    {
        var instances = await _history.InstancesAsync(Alive, cancellationToken).ConfigureAwait(false);
        return
        [
            .. instances.Select(instance => new FatInstance
            {
                Id = instance.Id.Text,
                Service = instance.Id.Service.Text,
                Silence = instance.Silence,
                Status = StatusJson.Read(instance.Status),
            }).OrderBy(instance => instance.Service, StringComparer.Ordinal).ThenBy(instance => instance.Id, StringComparer.Ordinal),
        ];
    });

    public Task<FatPage<FatPastGroup>> ListGroupsAsync(FatGroupQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, LargestLimit, nameof(query));
        FatName? service = query.Service is { } name ? AdminArguments.Name(name, nameof(query)) : null;
        var behind = query.Cursor is { } cursor ? Place(cursor) : (PastPlace?)null;
        var wanted = new PastQuery(PastShown.Of(query.Outcome), query.From, query.To, behind, query.Limit + 1);
        return AskAsync(async () =>
        {
            var found = await OfServicesAsync(service, one => _history.ListAsync(one, wanted, node.Time.GetUtcNow(), cancellationToken), cancellationToken).ConfigureAwait(false);
            var groups = found.SelectMany(part => part).OrderByDescending(group => group.Place.ToString(), StringComparer.Ordinal).Take(query.Limit + 1).ToList();
            ImmutableArray<FatPastGroup> page = [.. groups.Take(query.Limit).Select(PastShown.Of)];
            return new FatPage<FatPastGroup>(page, groups.Count > query.Limit ? groups[query.Limit - 1].Place.ToString() : null);
        });
    }

    public Task<FatGroupHistory?> FindGroupAsync(string gid, CancellationToken cancellationToken = default)
    {
        var id = AdminArguments.Gid(gid);
        return AskAsync(async () =>
        {
            var found = await OfServicesAsync(null, one => _history.FindAsync(one, id, cancellationToken), cancellationToken).ConfigureAwait(false);
            return found.FirstOrDefault(record => record is not null) is { } record ? PastShown.Of(record) : null;
        });
    }

    public Task<IReadOnlyList<FatGroupCount>> CountAsync(string? service, FatCountStep step, int count, CancellationToken cancellationToken = default)
    {
        FatName? name = service is null ? null : AdminArguments.Name(service, nameof(service));
        var (length, most) = step switch
        {
            FatCountStep.Minute => (PastStep.Minute, MostMinutes),
            FatCountStep.Hour => (PastStep.Hour, MostHours),
            _ => throw new ArgumentOutOfRangeException(nameof(step), step, "Count by minutes or hours."),
        };
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, most);
        return AskAsync<IReadOnlyList<FatGroupCount>>(async () =>
        {
            var counts = await OfServicesAsync(name, one => _history.CountAsync(one, length, count, cancellationToken), cancellationToken).ConfigureAwait(false);
            if (counts.Length == 0)
                counts = [await _history.CountAsync(node.Service, length, count, cancellationToken).ConfigureAwait(false)];

            // Two answers may be of both sides of a full minute.
            var latest = counts.Max(part => part[^1].From);
            var from = length.Last(count, latest).Select(length.From);
            var found = counts.SelectMany(part => part).ToLookup(one => one.From);
            return [.. from.Select(start => PastShown.Of([.. found[start].DefaultIfEmpty(new PastCount(start))]))];
        });
    }

    /// <summary>Asks for one service, or for each that has ended groups.</summary>
    private async Task<T[]> OfServicesAsync<T>(FatName? service, Func<FatName, ValueTask<T>> ask, CancellationToken cancellationToken)
    {
        IReadOnlyList<FatName> services = service is { } one ? [one] : await _history.ServicesAsync(cancellationToken).ConfigureAwait(false);
        return await Task.WhenAll(services.Select(name => ask(name).AsTask())).ConfigureAwait(false);
    }

    private static PastPlace Place(string cursor) => PastPlace.TryParse(cursor, out var place)
        ? place
        : throw new ArgumentException($"'{cursor}' is not the place of a page.", nameof(cursor));

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (RegistryUnavailableException exception)
        {
            throw new FatMonitorUnavailableException($"What the registry remembers cannot be read now: {exception.Message}", exception);
        }
    }
}
