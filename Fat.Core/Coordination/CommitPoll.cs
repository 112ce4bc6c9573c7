using Fat.Protocol;
using Fat.Registry;

namespace Fat.Coordination;

/// <summary>
/// Looks up every waiting group of this process in one batch (rule L1): decisions whose push was lost, votes that a root
/// waits for, votes that the registry has lost. A branch that has waited for WaitCommit asks for resolution. The longer a branch
/// has waited, the less often it is looked up: what many open groups cost does not grow with how long they are open.
/// </summary>
internal sealed class CommitPoll(Participant participant)
{
    private const int LargestBatch = 512;

    public async Task PollAsync(CancellationToken cancellationToken)
    {
        var now = participant.Node.Time.GetTimestamp();
        var due = Due(now);
        var waiting = due.ToLookup(branch => branch.Gid);
        var roots = participant.Scopes.Roots.Where(root => root.IsWaiting).ToDictionary(root => root.Group);
        var children = participant.Scopes.Children.Where(child => child.Age >= participant.Node.Timings.CommitPollInterval).ToLookup(child => child.Group);
        var gids = waiting.Select(group => group.Key).Union(roots.Keys).Union(children.Select(group => group.Key));
        foreach (var batch in gids.Chunk(LargestBatch))
        {
            var snapshots = await participant.Node.Registry.ReadAsync(batch, cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < batch.Length; i++)
            {
                if (snapshots[i] is { } snapshot)
                    Seen(batch[i], snapshot, roots.GetValueOrDefault(batch[i]));
                else if (participant.Node.Breaks(BrokenRules.TrustRegistry))
                    participant.Waiting.Decide(batch[i], DecisionRecord.RolledBack); // Rule S6 switched off by the torture run.
                await VoteAgainAsync(waiting[batch[i]], snapshots[i], cancellationToken).ConfigureAwait(false);
            }
        }

        await AskAsync(due.FindAll(branch => IsAskDue(branch, now)), now, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The branches that are to be looked up. Those whose decision is known, and whose database did not obey it before, try again.</summary>
    private List<WaitingBranch> Due(long now)
    {
        var due = new List<WaitingBranch>();
        foreach (var branch in participant.Waiting.All)
        {
            if (branch.Known is { } decision)
            {
                branch.Finishing = participant.Waiting.FinishAsync(branch, decision);
            }
            else if (IsLookDue(branch, now) || IsAskDue(branch, now))
            {
                branch.LookedAt = now;
                due.Add(branch);
            }
        }

        return due;
    }

    private bool IsLookDue(WaitingBranch branch, long now) =>
        participant.Node.Time.GetElapsedTime(branch.LookedAt ?? branch.VotedAt, now) >= Pause(branch, participant.Node.Timings.CommitPollInterval, now);

    private bool IsAskDue(WaitingBranch branch, long now) =>
        participant.Node.Time.GetElapsedTime(branch.AskedAt ?? branch.VotedAt, now) >= Pause(branch, branch.WaitCommit, now);

    /// <summary>Half of the time that the branch has waited, so that twice as much passes from one to the next; between the least and RecoveryInterval.</summary>
    private TimeSpan Pause(WaitingBranch branch, TimeSpan least, long now)
    {
        var half = participant.Node.Time.GetElapsedTime(branch.VotedAt, now) / 2;
        var most = participant.Node.Timings.RecoveryInterval;
        var pause = half < most ? half : most;
        return pause > least ? pause : least;
    }

    private void Seen(GroupId gid, GroupSnapshot snapshot, RootScope? root)
    {
        root?.Apply(new GroupEvent.RegistryRead(snapshot));
        if (snapshot.Decision is { } decision)
        {
            participant.Decided(gid, decision);
        }
        else if (snapshot.Abort is { } abort)
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
        foreach (var group in due.GroupBy(branch => branch.Root.Service))
        {
            var requests = group.DistinctBy(branch => branch.Gid).Select(branch => new ResolveRequest(
                branch.Gid, branch.DecisionDatabase, node.Instance, node.Time.GetElapsedTime(branch.VotedAt, now)));
            await node.Registry.RequestResolveAsync(group.Key, [.. requests], cancellationToken).ConfigureAwait(false);
        }

        foreach (var branch in due)
        {
            // A held branch holds locks and a connection: it also asks the root, while that is undecided, to give up.
            if (!branch.Voted.IsDurable && branch.AskedAt is null)
            {
                var reason = AbortReason.Of(node.Service.Text, branch.Method, $"No decision within {branch.WaitCommit.TotalMilliseconds:0} ms (WaitCommit).");
                await node.Registry.AskAbortAsync(branch.Gid, branch.Root, reason, cancellationToken).ConfigureAwait(false);
            }

            branch.AskedAt = now;
        }
    }
}
