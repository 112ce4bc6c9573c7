using Fat.Protocol;
using Fat.Registry;

namespace Fat.Coordination;

/// <summary>
/// Looks up every waiting group of this process in one batch (rule L1): decisions whose push was lost, votes that a root
/// waits for, votes that the registry has lost. A branch that has waited for WaitCommit asks for resolution. The longer a branch
/// has waited, or a child scope has run, the less often it is looked up: what many open groups cost does not grow with how long they are open.
/// </summary>
internal sealed class CommitPoll(Participant participant)
{
    private const int LargestBatch = 512;

    /// <summary>The branches that wait, by when they are to be looked up next.</summary>
    private readonly PriorityQueue<WaitingBranch, long> _next = new();

    /// <summary>One turn at a time.</summary>
    public async Task PollAsync(CancellationToken cancellationToken)
    {
        var now = participant.Node.Time.GetTimestamp();

        // Their decision is known, and their database did not obey it before.
        foreach (var branch in participant.Waiting.Disobedient(now))
            branch.Finishing = participant.Waiting.FinishAsync(branch, branch.Known!);
        var due = TakeDue(now);
        try
        {
            try
            {
                await LookAsync(due, now, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                // The records of groups may be out of reach, and the questions to their roots' services not.
                await AskAsync(due.FindAll(branch => !branch.IsOver && AskAt(branch) <= now), now, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            foreach (var branch in due)
                Expect(branch);
        }
    }

    private async Task LookAsync(List<WaitingBranch> due, long now, CancellationToken cancellationToken)
    {
        var waiting = due.ToLookup(branch => branch.Gid);
        var roots = participant.Scopes.WaitingRoots.ToDictionary(root => root.Group);
        var children = TakeDueChildren(now).Select(child => child.Group);

        // Who has voted in a reply, or has yet to vote, only needs to know what has become of the group.
        var votes = due.Where(branch => branch.Vote is not null || participant.Node.Breaks(BrokenRules.TrustRegistry)).Select(branch => branch.Gid).Union(roots.Keys).ToHashSet();
        var others = waiting.Select(group => group.Key).Union(children).Where(gid => !votes.Contains(gid));
        await Task.WhenAll(ReadAsync(votes, roots, waiting, cancellationToken), LookAsync(others, cancellationToken)).ConfigureAwait(false);
    }

    private async Task LookAsync(IEnumerable<GroupId> gids, CancellationToken cancellationToken)
    {
        foreach (var batch in gids.Chunk(LargestBatch))
        {
            foreach (var (gid, fate) in await participant.Node.Registry.FatesAsync(batch, cancellationToken).ConfigureAwait(false))
                Seen(gid, fate);
        }
    }

    private async Task ReadAsync(
        IEnumerable<GroupId> gids, Dictionary<GroupId, RootScope> roots, ILookup<GroupId, WaitingBranch> waiting, CancellationToken cancellationToken)
    {
        foreach (var batch in gids.Chunk(LargestBatch))
        {
            var snapshots = await participant.Node.Registry.ReadAsync(batch, cancellationToken).ConfigureAwait(false);
            foreach (var (gid, snapshot) in snapshots)
            {
                if (snapshot is not null)
                    Seen(gid, snapshot, roots.GetValueOrDefault(gid));
                else if (participant.Node.Breaks(BrokenRules.TrustRegistry))
                    participant.Waiting.Decide(gid, DecisionRecord.RolledBack); // Rule S6 switched off by the torture run.
            }

            // All of them are tried, as far as their part of the registry is in reach.
            await Task.WhenAll(snapshots.Select(read => VoteAgainAsync(waiting[read.Key], read.Value, cancellationToken))).ConfigureAwait(false);
        }
    }

    /// <summary>The branches that are to be looked up now. Until they are expected again nobody looks.</summary>
    private List<WaitingBranch> TakeDue(long now)
    {
        while (participant.Waiting.TryTakeAdded(out var added))
            Expect(added);
        var due = new List<WaitingBranch>();
        while (_next.TryPeek(out var branch, out var at) && at <= now)
        {
            _next.Dequeue();
            if (branch.IsOver || branch.Known is not null)
                continue;
            branch.LookedAt = now;
            due.Add(branch);
        }

        return due;
    }

    /// <summary>The scopes whose group may have been aborted without their having been told.</summary>
    private List<ChildScope> TakeDueChildren(long now)
    {
        var due = participant.Scopes.Children.Where(child => LookAt(child) <= now).ToList();
        foreach (var child in due)
            child.LookedAt = now;
        return due;
    }

    private void Expect(WaitingBranch branch)
    {
        if (!branch.IsOver)
            _next.Enqueue(branch, Math.Min(LookAt(branch), AskAt(branch)));
    }

    private long LookAt(WaitingBranch branch) => Doubling.Next(participant.Node, branch.VotedAt, branch.LookedAt, participant.Node.Timings.CommitPollInterval);

    private long LookAt(ChildScope child) => Doubling.Next(participant.Node, child.Began, child.LookedAt, participant.Node.Timings.CommitPollInterval);

    private long AskAt(WaitingBranch branch) => Doubling.Next(participant.Node, branch.VotedAt, branch.AskedAt, branch.WaitCommit);

    private void Seen(GroupId gid, GroupSnapshot snapshot, RootScope? root)
    {
        root?.Apply(new GroupEvent.RegistryRead(snapshot));
        Seen(gid, GroupFate.Of(snapshot));
    }

    private void Seen(GroupId gid, GroupFate fate)
    {
        if (fate.Decision is { } decision)
        {
            participant.Decided(gid, decision);
        }
        else if (fate.Abort is { } abort)
        {
            foreach (var child in participant.Scopes.ChildrenOf(gid))
                child.Abort(abort);
        }
    }

    /// <summary>A vote that is gone from the registry is cast again; one that travelled in a reply is not needed there.</summary>
    private async Task VoteAgainAsync(IEnumerable<WaitingBranch> branches, GroupSnapshot? snapshot, CancellationToken cancellationToken)
    {
        foreach (var vote in branches.Select(branch => branch.Vote).OfType<ScopeVotes>())
        {
            var lost = vote.Branches.Any(branch => snapshot?.Branches.Any(view => view.Branch.Id == branch.Id && !view.Branch.IsMissing) != true)
                || (vote.Closed && snapshot?.Scopes.Any(scope => scope.Id == vote.Scope && scope.Closed is not null) != true);
            if (lost && snapshot?.Decision is null)
                await participant.Node.Registry.VoteAsync(vote, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task AskAsync(List<WaitingBranch> due, long now, CancellationToken cancellationToken)
    {
        var node = participant.Node;
        if (node.Breaks(BrokenRules.Unvote))
            due.ForEach(branch => participant.Waiting.Decide(branch.Gid, DecisionRecord.RolledBack)); // Rule S3 switched off by the torture run.

        // All of them are tried, as far as their part of the registry is in reach.
        await Task.WhenAll(due.GroupBy(branch => branch.Root.Service).Select(AskServiceAsync)).ConfigureAwait(false);

        async Task AskServiceAsync(IGrouping<FatName, WaitingBranch> service)
        {
            var requests = service.DistinctBy(branch => branch.Gid).Select(branch => new ResolveRequest(
                branch.Gid, branch.DecisionDatabase, node.Instance, node.Time.GetElapsedTime(branch.VotedAt, now)));
            await node.Registry.RequestResolveAsync(service.Key, [.. requests], cancellationToken).ConfigureAwait(false);
            foreach (var branch in service)
                branch.AskedAt = now;
            await Task.WhenAll(service.Where(branch => !branch.Voted.IsDurable && !branch.AskedToAbort).Select(AskRootAsync)).ConfigureAwait(false);
        }

        async Task AskRootAsync(WaitingBranch branch)
        {
            // A held branch holds locks and a connection: it also asks the root, while that is undecided, to give up.
            var reason = AbortReason.Of(node.Service.Text, branch.Method, $"No decision within {branch.WaitCommit.TotalMilliseconds:0} ms (WaitCommit).");
            await node.Registry.AskAbortAsync(branch.Gid, branch.Root, reason, cancellationToken).ConfigureAwait(false);
            branch.AskedToAbort = true;
        }
    }
}
