using System.Collections.Concurrent;

namespace Fat.AspNetCore.Tests.Dashboard;

/// <summary>
/// What the dashboard asks and tells to do, played by properties that a test sets. What is done is written down in the order in which it was; the real ones are tested where they are.
/// </summary>
internal sealed class Desk : IFatMonitor, IFatAudit, IFatAdmin, IFatMessageAdmin
{
    private int _counts;

    /// <summary>What was done: a line each.</summary>
    public ConcurrentQueue<string> Done { get; } = [];

    /// <summary>How often the numbers of ended groups were read.</summary>
    public int Counts => _counts;

    /// <summary>The registry is away.</summary>
    public bool RegistryIsAway { get; set; }

    /// <summary>What goes wrong with every action and audit entry.</summary>
    public Exception? ActionFails { get; set; }

    public Exception? AuditFails { get; set; }

    /// <summary>Holds up whoever reads the numbers of ended groups.</summary>
    public Func<CancellationToken, Task>? Hold { get; set; }

    public FatGroupDetails Details { get; set; } = Known.Details;

    public FatGroupHistory? History { get; set; }

    public FatMessageDetails? Message { get; set; } = Known.MessageDetails;

    public FatIncidentDetails? Incident { get; set; } = Known.IncidentDetails;

    public FatPage<FatPastGroup> Page { get; set; } = new([Known.Past], "next-page");

    public IReadOnlyList<FatGroupCount> Minutes { get; set; } = [Known.Count];

    public IReadOnlyList<FatGroupCount> Hours { get; set; } = [Known.Count];

    public FatList<FatAuditEntry> Entries { get; set; } = Known.All(Known.Audit);

    public Func<string, int, int, FatList<FatOpenGroup>> Open { get; set; } = (_, _, _) => Known.All<FatOpenGroup>();

    /// <summary>The last query for ended groups.</summary>
    public FatGroupQuery? Asked { get; private set; }

    public Task<IReadOnlyList<string>> ListServicesAsync(CancellationToken cancellationToken = default) => FromRegistry<IReadOnlyList<string>>(["orders", "stock"]);

    public Task<IReadOnlyList<FatInstance>> ListInstancesAsync(CancellationToken cancellationToken = default) => FromRegistry<IReadOnlyList<FatInstance>>([Known.Instance]);

    public Task<FatPage<FatPastGroup>> ListGroupsAsync(FatGroupQuery query, CancellationToken cancellationToken = default)
    {
        Asked = query;
        if (query.Cursor == "not-given")
            throw new ArgumentException("That is not the place of a page.", nameof(query));
        return FromRegistry(Page);
    }

    public Task<FatGroupHistory?> FindGroupAsync(string gid, CancellationToken cancellationToken = default) => FromRegistry(gid == Known.Gid ? History : null);

    public async Task<IReadOnlyList<FatGroupCount>> CountAsync(string? service, FatCountStep step, int count, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _counts);
        await (Hold?.Invoke(cancellationToken) ?? Task.CompletedTask);
        return await FromRegistry(step == FatCountStep.Minute ? Minutes : Hours);
    }

    public Task RecordAsync(string subject, string action, string by, string reason, CancellationToken cancellationToken = default)
    {
        if (AuditFails is not null)
            return Task.FromException(AuditFails);
        Done.Enqueue($"audit {subject} {action} by {by}: {reason}");
        return Task.CompletedTask;
    }

    public Task<FatList<FatAuditEntry>> ListAsync(string? subject = null, int limit = 100, int skip = 0, CancellationToken cancellationToken = default) =>
        AuditFails is null ? Task.FromResult(Entries) : Task.FromException<FatList<FatAuditEntry>>(AuditFails);

    public Task<FatList<FatOpenGroup>> ListOpenAsync(string? service = null, int limit = 100, int skip = 0, CancellationToken cancellationToken = default) => Task.FromResult(Open(service!, limit, skip));

    public Task<FatList<FatInDoubtBranch>> ListInDoubtAsync(int limit = 100, int skip = 0, CancellationToken cancellationToken = default) =>
        Task.FromResult(new FatList<FatInDoubtBranch>(Details.InDoubt, HasMore: false, Details.Unreachable));

    public Task<FatList<FatEndedGroup>> ListEndedAsync(int limit = 100, int skip = 0, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<FatList<FatForceRecord>> ListForcedAsync(int limit = 100, int skip = 0, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<FatGroupDetails> ShowAsync(string gid, CancellationToken cancellationToken = default) =>
        Task.FromResult(gid == Known.Gid ? Details : new FatGroupDetails { Gid = gid, Began = Known.Began, Unreachable = RegistryIsAway ? ["registry"] : [] });

    public Task<FatForceResult> ForceAsync(string gid, FatDecision decision, string by, string reason, FatForceOptions? options = null, CancellationToken cancellationToken = default) => Act(
        $"force {gid} {decision} by {by}: {reason} ({options!.RootWroteNothing}, {options.DecisionDatabaseIsGone})",
        new FatForceResult { Gid = gid, Asked = decision, Decision = decision, HadEffect = true, DecidedIn = "orders", Finished = 1, Published = true });

    public Task<FatList<FatIncident>> ListIncidentsAsync(bool onlyOpen = true, int limit = 100, int skip = 0, CancellationToken cancellationToken = default) =>
        Task.FromResult(onlyOpen ? Known.All(Known.Incident) : Known.All(Known.Incident, Known.Incident with { State = FatIncidentState.Closed }));

    public Task<FatIncidentDetails?> ShowIncidentAsync(string gid, string branch, CancellationToken cancellationToken = default) =>
        Task.FromResult(gid == Known.Gid && branch == Known.Branch ? Incident : null);

    public Task<FatIncident> ReplayIncidentAsync(
        string gid, string branch, int version, string by, string reason, bool evenIfNotAllowed = false, CancellationToken cancellationToken = default) =>
        Act($"replay {gid} {branch} {version} by {by}: {reason} ({evenIfNotAllowed})", Known.Incident with { State = FatIncidentState.Replayed });

    public Task<FatIncident> CloseIncidentAsync(string gid, string branch, int version, string by, string note, CancellationToken cancellationToken = default) =>
        Act($"close {gid} {branch} {version} by {by}: {note}", Known.Incident with { State = FatIncidentState.Closed });

    public Task<FatMessageDetails?> FindAsync(string gid, CancellationToken cancellationToken = default) => FromRegistry(gid == Known.Message ? Message : null);

    public Task<IReadOnlyList<FatMessageDetails>> ListAsync(FatMessageState state, int skip = 0, int most = 100, CancellationToken cancellationToken = default) =>
        FromRegistry<IReadOnlyList<FatMessageDetails>>([.. new[] { Message! }.Where(message => message.State == state).Skip(skip).Take(most)]);

    public Task<long> CountAsync(FatMessageState state, CancellationToken cancellationToken = default) => FromRegistry((long)state + 10);

    public Task<int> RetryNowAsync(string gid, string? branchId = null, CancellationToken cancellationToken = default) => Act($"retry {gid} {branchId}", 1);

    public Task<bool> RedeliverAsync(string gid, string branchId, CancellationToken cancellationToken = default) => Act($"redeliver {gid} {branchId}", true);

    public Task<int> CancelAsync(string gid, string reason, CancellationToken cancellationToken = default) => Act($"cancel {gid}: {reason}", 1);

    public Task<IReadOnlyList<FatSubscription>> ListSubscriptionsAsync(CancellationToken cancellationToken = default) =>
        FromRegistry<IReadOnlyList<FatSubscription>>([new FatSubscription("orders", "stock", 1, 2, 3, 4)]);

    public Task UnsubscribeAsync(string topic, string group, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    private Task<T> FromRegistry<T>(T value) => RegistryIsAway ? Task.FromException<T>(new FatMonitorUnavailableException("The registry is away, as the test wants it.")) : Task.FromResult(value);

    private Task<T> Act<T>(string done, T result)
    {
        if (ActionFails is not null)
            return Task.FromException<T>(ActionFails);
        Done.Enqueue(done);
        return Task.FromResult(result);
    }
}
