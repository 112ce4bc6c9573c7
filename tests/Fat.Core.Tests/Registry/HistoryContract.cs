using Fat.Protocol;
using Fat.Registry;

namespace Fat.Core.Tests.Registry;

/// <summary>What a history does everywhere. The classes that inherit it say only where it is.</summary>
public abstract partial class HistoryContract : IAsyncLifetime
{
    private const int Kept = 1000;

    private OpenRegistry _registry = null!;

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected IHistory History => _registry.History;

    /// <summary>A service that no other test uses.</summary>
    private protected FatName Service { get; } = GroupSample.NewService();

    /// <summary>Now, as finely as it is kept.</summary>
    private protected static DateTimeOffset Now => PastPlace.Time(PastPlace.Microseconds1970(TimeProvider.System.GetUtcNow()));

    public ValueTask InitializeAsync()
    {
        _registry = Open();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _registry.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected abstract OpenRegistry Open();

    /// <summary>Everything is lost.</summary>
    private protected abstract Task LoseAsync();

    /// <summary>A group of this service.</summary>
    private protected PastGroup Group(PastOutcome outcome = PastOutcome.Committed, DateTimeOffset? ended = null, TimeSpan? took = null, string? reason = null)
    {
        var end = ended ?? Now;
        return new PastGroup(
            GroupId.New(end - (took ?? TimeSpan.FromMilliseconds(20))), InstanceId.New(Service), outcome, "POST /orders", end - (took ?? TimeSpan.FromMilliseconds(20)), end, 2,
            reason is null ? null : AbortReason.Of("stock", "Stock.Take", reason));
    }

    private protected static PastBranch Branch(PastGroup group, string call = "1", string? failure = null) =>
        new(group.Gid, group.Root, ScopeId.New(GroupSample.Call(call)).Branch(1), GroupSample.NewInstance("stock"))
        {
            Method = "Stock.Take",
            Database = GroupSample.Database,
            Vote = Vote.Prepared,
            Decision = Decision.Committed,
            Enlisted = group.Began,
            Voted = group.Began.AddMilliseconds(5),
            Decided = group.Ended.AddMilliseconds(1),
            Finished = group.Ended.AddMilliseconds(2),
            Failure = failure,
        };

    private protected Task TellAsync(params PastEntry[] entries) => History.TellAsync(Service, entries, Service, Kept, Cancellation).AsTask();

    private protected async Task<PastRecord?> FindAsync(PastEntry entry) => await History.FindAsync(Service, entry.Gid, Cancellation);

    private protected async Task<IReadOnlyList<PastGroup>> ListAsync(PastOutcome? outcome = null, DateTimeOffset? from = null, DateTimeOffset? to = null, PastGroup? behind = null, int most = 100) =>
        await History.ListAsync(Service, new PastQuery(outcome, from, to, behind?.Place, most), Now, Cancellation);

    private protected async Task<PastCount> HourAsync() => (await History.CountAsync(Service, PastStep.Hour, 2, Cancellation)) switch
    {
        // The hour may have turned meanwhile.
        [var last, { Committed: 0, RolledBack: 0, InDoubt: 0 }] => last,
        [_, var present] => present,
        var other => throw new InvalidOperationException($"{other.Count} hours."),
    };
}
