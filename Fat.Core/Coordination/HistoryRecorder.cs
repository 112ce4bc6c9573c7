using System.Threading.Channels;
using Fat.Diagnostics;
using Fat.Protocol;
using Fat.Registry;
using Fat.Resources;

namespace Fat.Coordination;

/// <summary>
/// Tells the registry what operators want to see of groups that are over. Nobody waits for it: what does not fit into its buffer, or is not taken
/// in time, is left out and counted. Thread-safe.
/// </summary>
internal sealed class HistoryRecorder : IAsyncDisposable
{
    private const int Capacity = 10_000;
    private const int LargestBatch = 512;
    private const int MostAttempts = 10;
    private const int LongestMethod = 200;
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2);

    private readonly Node _node;
    private readonly Channel<Item>? _queue;
    private readonly Cancellation _stopping;
    private readonly Cancellation _givenUp;
    private readonly Task _running = Task.CompletedTask;
    private long _dropped;
    private bool _away;

    public HistoryRecorder(Node node)
    {
        _node = node;
        _stopping = new Cancellation(node.Background);
        _givenUp = new Cancellation(node.Background);
        if (node.History is null || node.HistoryKept == 0)
            return;
        _queue = Channel.CreateBounded<Item>(new BoundedChannelOptions(Capacity) { SingleReader = true, AllowSynchronousContinuations = node.Background.IsInline });
        _running = node.Background.Start(LoopAsync);
    }

    /// <summary>What was left out since the start.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Null when nothing is remembered.</summary>
    public BranchTimeline? Follow(Branch branch)
    {
        _node.Watch.Began(branch);
        return _queue is null ? null : new BranchTimeline(this, _node.Time, branch.Scope, branch);
    }

    public void Voted(GroupId gid, BranchId branch, Vote vote) => _node.Watch.Voted(gid, branch, vote);

    public void Tell(BranchTimeline branch) => Add(new Item(null, branch));

    /// <summary>A root of this process has answered.</summary>
    public void Ended(RootScope root, FatScopeResult result)
    {
        if (_queue is null)
            return;
        var outcome = result.Outcome switch
        {
            FatOutcome.Committed => PastOutcome.Committed,
            FatOutcome.InDoubt => PastOutcome.InDoubt,
            _ => PastOutcome.RolledBack,
        };
        var abort = result.Error is FatAbortedException error ? new AbortReason(error.Service, error.Method, error.Reason) : null;
        var method = root.Request.Name is { Length: > LongestMethod } name ? name[..LongestMethod] : root.Request.Name;
        var ended = _node.Time.GetUtcNow();
        Add(new Item(new PastGroup(root.Group, _node.Instance, outcome, method, ended - root.Age, ended, root.BranchCount, abort), null));
    }

    /// <summary>A group whose root is in doubt, or gone, is decided.</summary>
    public void Settled(GroupId gid, Decision decision, FatName rootService) =>
        Add(new Item(new PastSettlement(gid, InstanceId.Unknown(rootService), decision, _node.Time.GetUtcNow()), null));

    /// <summary>Recovery has finished a branch that its process left behind, so long after its vote.</summary>
    public void Recovered(PreparedName name, FatName database, Decision decision, TimeSpan age)
    {
        if (_queue is null)
            return;
        var now = _node.Time.GetUtcNow();
        Add(new Item(
            new PastBranch(name.Gid, InstanceId.Unknown(name.RootService), name.Branch, _node.Instance)
            {
                Method = string.Empty,
                Database = database,
                Vote = Vote.Prepared,
                Decision = decision,
                Enlisted = now - age,
                Voted = now - age,
                Decided = now,
                Finished = now,
                Failure = "Its process left it behind, and recovery finished it.",
            },
            null));
    }

    /// <summary>Tells what there is, as far as the registry takes it at once, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_queue?.Writer.TryComplete() != true)
            return;
        await _stopping.RequestAsync().ConfigureAwait(false);
        try
        {
            await _running.WaitAsync(StopPatience, _node.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // What is not told by then is left out.
            await _givenUp.RequestAsync().ConfigureAwait(false);
            await _running.ConfigureAwait(false);
        }

        if (Dropped > 0)
            FatLog.HistoryDropped(_node.Logger, Dropped);
        _stopping.Dispose();
        _givenUp.Dispose();
    }

    private void Add(Item item)
    {
        if (_node.Watch != GroupWatch.None)
            _node.Watch.Told(item.Entry ?? item.Branch!.Past(_node.Instance));
        if (_queue?.Writer.TryWrite(item) == false)
            Drop(1);
    }

    private void Drop(int count) => Interlocked.Add(ref _dropped, count);

    private async Task LoopAsync()
    {
        var batch = new List<PastEntry>(LargestBatch);
        var reader = _queue!.Reader;
        while (await reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            if (reader.Count < LargestBatch)
                await PauseAsync(Gathering).ConfigureAwait(false);
            batch.Clear();
            while (batch.Count < LargestBatch && reader.TryRead(out var item))
                batch.Add(item.Entry ?? item.Branch!.Past(_node.Instance));
            if (_givenUp.IsRequested)
                Drop(batch.Count);
            else
                await TellAsync(batch).ConfigureAwait(false);
        }
    }

    private async Task TellAsync(List<PastEntry> batch)
    {
        var pause = FirstRetry;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await Task.WhenAll(batch.GroupBy(entry => entry.Root.Service).Select(
                    service => _node.History!.TellAsync(service.Key, [.. service], _node.Service, _node.HistoryKept, _givenUp.Token).AsTask())).ConfigureAwait(false);
                _away = false;
                return;
            }
            catch (RegistryUnavailableException exception) when (attempt < MostAttempts && !_stopping.IsRequested)
            {
                // Nothing is decided by it: told again, while the buffer takes what comes.
                if (!_away)
                    FatLog.HistoryAway(_node.Logger, exception);
                _away = true;
            }
            catch (Exception exception)
            {
                // Nothing is decided by it: these are left out, and so is, at a stop, what would wait as long.
                if (!_away && exception is not OperationCanceledException)
                    FatLog.HistoryAway(_node.Logger, exception);
                Drop(batch.Count);
                if (_stopping.IsRequested)
                    await _givenUp.RequestAsync().ConfigureAwait(false);
                return;
            }

            await PauseAsync(pause).ConfigureAwait(false);
            pause = pause * 2 < LongestRetry ? pause * 2 : LongestRetry;
        }
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _node.Time, _stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stopping: what there is goes out at once, and one last time.
        }
    }

    private readonly record struct Item(PastEntry? Entry, BranchTimeline? Branch);
}
