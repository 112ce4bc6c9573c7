using System.Data.Common;
using Fat.Coordination;
using Fat.Diagnostics;
using Fat.Journal;
using Fat.Protocol;
using Fat.Recovery;
using Fat.Resources;

namespace Fat.Incidents;

/// <summary>
/// Finds the held branches that a process left behind, and finds out what became of them (docs/protocol.md, "Held branches"): they have
/// committed, they are to be rolled back, or they are lost. Nothing is decided here. Safe beside other instances that do the same.
/// </summary>
internal sealed class LostBranchSearch(Participant participant)
{
    private const int LargestBatch = 500;

    private readonly Node _node = participant.Node;
    private readonly DecisionSearch _decisions = new(participant);

    public async Task SearchAsync(BranchJournal journal, CancellationToken cancellationToken)
    {
        var journalled = await journal.ListJournalledAsync(_node.Timings.WaitCommit, cancellationToken).ConfigureAwait(false);
        foreach (var batch in (await LeftBehindAsync(journalled, cancellationToken).ConfigureAwait(false)).Chunk(LargestBatch))
            await SettleAsync(journal, batch, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Those that no live process waits for. A wrong guess, as with a registry that has lost all signs of life, costs a look at the
    /// barrier: a transaction that is still open keeps everybody from its row.
    /// </summary>
    private async Task<IReadOnlyList<JournalledBranch>> LeftBehindAsync(IReadOnlyList<JournalledBranch> journalled, CancellationToken cancellationToken)
    {
        var others = journalled.Select(branch => branch.Instance).Where(instance => instance != _node.Instance).Distinct().ToList();
        var silences = others.Count == 0 ? [] : await _node.Registry.SinceHeartbeatAsync(others, cancellationToken).ConfigureAwait(false);
        var alive = others.Zip(silences).Where(pair => pair.Second <= InDoubtResolver.Silence).Select(pair => pair.First).ToHashSet();
        return [.. journalled.Where(branch => !alive.Contains(branch.Instance) && !participant.Waiting.Has(branch.Name.Gid, branch.Name.Branch))];
    }

    private async Task SettleAsync(BranchJournal journal, JournalledBranch[] branches, CancellationToken cancellationToken)
    {
        var committed = await journal.ListCommittedAsync([.. branches.Select(branch => branch.Name)], cancellationToken).ConfigureAwait(false);
        foreach (var branch in branches.Where(branch => committed.Contains((branch.Name.Gid, branch.Name.Branch))))
            Committed(journal, branch.Name);
        List<InDoubtBranch> open = [.. branches.Where(branch => !committed.Contains((branch.Name.Gid, branch.Name.Branch)))
            .Select(branch => new InDoubtBranch(journal.Database.Name, branch.Name, branch.Age))];
        if (open.Count == 0)
            return;
        var known = await _decisions.FindAsync(open, cancellationToken).ConfigureAwait(false);
        await _decisions.AskAsync(open.Where(branch => !known.ContainsKey(branch.Name.Gid)), cancellationToken).ConfigureAwait(false);
        var running = new HashSet<InstanceId>();
        foreach (var branch in branches)
        {
            // The process of one whose transaction is still open stands still, with all that it had.
            if (known.TryGetValue(branch.Name.Gid, out var found) && !committed.Contains((branch.Name.Gid, branch.Name.Branch)) && !running.Contains(branch.Instance)
                && await ObeyAsync(journal, branch.Name, found, cancellationToken).ConfigureAwait(false) == Settlement.Running)
            {
                running.Add(branch.Instance);
            }
        }
    }

    private async Task<Settlement> ObeyAsync(BranchJournal journal, PreparedName name, KnownDecision known, CancellationToken cancellationToken)
    {
        var decision = known.Decision.For(name.Branch);
        using var activity = FatActivity.StartRecover(name.Gid, name.Branch, journal.Database.Name, decision, known.Trace);
        if (decision == Decision.RolledBack)
        {
            // Its transaction never commits, wherever it is: it obeys the same decision.
            journal.Forget(name);
            Recovered(journal, name, decision);
            return Settlement.Known;
        }

        try
        {
            var settlement = await journal.SettleAsync(name, cancellationToken).ConfigureAwait(false);
            if (settlement == Settlement.Committed)
                Committed(journal, name);
            else if (settlement == Settlement.Lost)
                participant.Acknowledgements.Add(name.Gid, name.Branch);
            return settlement;
        }
        catch (DbException exception)
        {
            // Decided, and not known yet whether it was obeyed: the next turn finds it again.
            FatActivity.Failed(activity, exception, _node.Redaction);
            FatLog.FinishFailed(_node.Logger, name.Gid, name.Branch, decision, exception);
            return Settlement.Known;
        }
    }

    private void Committed(BranchJournal journal, PreparedName name)
    {
        journal.Forget(name);
        participant.Acknowledgements.Add(name.Gid, name.Branch);
        Recovered(journal, name, Decision.Committed);
    }

    private void Recovered(BranchJournal journal, PreparedName name, Decision decision)
    {
        FatLog.Recovered(_node.Logger, name.Gid, name.Branch, journal.Database.Name, decision);
        FatMeter.BranchRecovered(_node.Service, journal.Database.Name, decision);
    }
}
