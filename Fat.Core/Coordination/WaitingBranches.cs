using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Fat.Diagnostics;
using Fat.Protocol;
using Microsoft.Extensions.Logging;

namespace Fat.Coordination;

/// <summary>
/// The branches of this process that wait for a decision, by group; no thread and, when durable, no connection belongs to
/// one. Thread-safe.
/// </summary>
internal sealed class WaitingBranches(Node node, Acknowledgements acknowledgements)
{
    private readonly ConcurrentDictionary<GroupId, ImmutableArray<WaitingBranch>> _groups = new();

    private readonly ConcurrentQueue<WaitingBranch> _added = new();
    private readonly Lock _gate = new();
    private readonly HashSet<WaitingBranch> _disobedient = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<FatName, Reminder> _told = new();

    /// <summary>How many groups wait here.</summary>
    public int Count => _groups.Count;

    /// <summary>Those that are there, while others come and go.</summary>
    public IEnumerable<WaitingBranch> All
    {
        get
        {
            foreach (var (_, branches) in _groups)
            {
                foreach (var branch in branches)
                    yield return branch;
            }
        }
    }

    public IReadOnlyList<WaitingBranch> Of(GroupId gid) => _groups.TryGetValue(gid, out var branches) ? branches : [];

    public bool Has(GroupId gid, BranchId branch) => Of(gid).Any(one => one.Id == branch || one.Others.Contains(branch));

    /// <summary>Adds a branch; before its vote can reach anybody, so that no decision comes too early for it.</summary>
    public void Add(WaitingBranch branch)
    {
        _groups.AddOrUpdate(branch.Gid, static (_, added) => [added], static (_, branches, added) => branches.Add(added), branch);
        _added.Enqueue(branch);
    }

    /// <summary>Takes one that was added since the last call, for the one who looks after them.</summary>
    public bool TryTakeAdded([NotNullWhen(true)] out WaitingBranch? branch) => _added.TryDequeue(out branch);

    /// <summary>
    /// Makes the branches of a group obey its decision, and acknowledges. What cannot be finished now stays and is tried
    /// again by the poll, the less often the longer its database does not obey.
    /// </summary>
    public void Decide(GroupId gid, DecisionRecord decision)
    {
        if (!_groups.TryGetValue(gid, out var branches))
            return;
        foreach (var branch in branches)
            branch.Finishing = FinishAsync(branch, decision);
    }

    /// <summary>Branches whose decision is known, whose database has not obeyed it yet, and whose next attempt is due.</summary>
    public IReadOnlyList<WaitingBranch> Disobedient(long now)
    {
        lock (_gate)
            return [.. _disobedient.Where(branch => branch.TriedAgainAt <= now)];
    }

    /// <summary>Does not throw: the branch is finished and gone, or it stays with its decision known.</summary>
    public async Task FinishAsync(WaitingBranch branch, DecisionRecord record)
    {
        if (!branch.TryBeginFinishing())
            return;
        var decision = record.For(branch.Id);
        foreach (var timeline in branch.Timelines)
            timeline.Decided();
        using var activity = FatActivity.StartFinish(branch, decision);
        try
        {
            await branch.Voted.FinishAsync(decision).ConfigureAwait(false);
        }
        catch (Exception exception) when (branch.Voted.IsFoundAgain || decision == Decision.RolledBack)
        {
            // In doubt no longer, the decision is known; the database has not obeyed it yet. Tried again, here or by recovery.
            var level = Disobeyed(branch, record);
            branch.GiveUpFinishing();
            FatActivity.Failed(activity, exception, node.Redaction);
            FatLog.FinishFailed(node.Logger, level, branch.Gid, branch.Id, decision, exception);
            return;
        }
        catch (Exception exception)
        {
            // Committed by the group and lost here: the one thing that a held branch without a journal cannot promise.
            FatActivity.Failed(activity, exception, node.Redaction);
            FatLog.HeldBranchLost(node.Logger, branch.Gid, branch.Id, branch.Method, exception);
            foreach (var timeline in branch.Timelines)
                timeline.Lost(decision, $"It was lost: {exception.Message}");
            Remove(branch);
            return;
        }

        Remove(branch);
        if (branch.Voted.HasObeyed)
        {
            foreach (var followers in branch.Followers)
                followers.Ended(decision);
        }

        foreach (var timeline in branch.Timelines)
            timeline.Finished(decision);
        FatMeter.DecisionObeyed(node.Time.GetElapsedTime(branch.VotedAt), node.Service, decision);
        if (decision != Decision.Committed || !branch.Acknowledges)
            return;
        acknowledgements.Add(branch.Gid, branch.Id);
        foreach (var other in branch.Others)
            acknowledgements.Add(branch.Gid, other);
    }

    /// <summary>Returns how loud to tell of it: a database that is away is told of once for each branch, and reminded of as long as it is.</summary>
    private LogLevel Disobeyed(WaitingBranch branch, DecisionRecord record)
    {
        var now = node.Time.GetTimestamp();
        var isNews = branch.DisobeyedAt is null;
        branch.Known = record;
        lock (_gate)
        {
            // The first time with the next poll: most that fails is over by then.
            branch.TriedAgainAt = Doubling.Next(node, branch.DisobeyedAt ??= now, now, TimeSpan.Zero);
            _disobedient.Add(branch);
        }

        var reminded = _told.GetOrAdd(branch.Database, static (_, node) => new Reminder(node.Time, node.Timings.RecoveryInterval), node).Level(LogLevel.Warning);
        return isNews ? LogLevel.Warning : reminded;
    }

    private void Remove(WaitingBranch branch)
    {
        branch.IsOver = true;
        lock (_gate)
            _disobedient.Remove(branch);
        while (_groups.TryGetValue(branch.Gid, out var branches))
        {
            var left = branches.Remove(branch);
            var removed = left.IsEmpty
                ? ((ICollection<KeyValuePair<GroupId, ImmutableArray<WaitingBranch>>>)_groups).Remove(new(branch.Gid, branches))
                : _groups.TryUpdate(branch.Gid, left, branches);
            if (removed)
                return;
        }
    }
}
