using Fat.Coordination;
using Fat.Decisions;
using Fat.Journal;
using Fat.Protocol;
using Fat.Recovery;

namespace Fat.Administration;

/// <summary>Looks at the registry and at every database of this service. Changes nothing.</summary>
internal sealed class Sight(Participant participant, InDoubtSearch search, IServiceProvider services)
{
    private readonly Node _node = participant.Node;

    /// <summary>The registry's records; null where there is none, and where it is away.</summary>
    public async Task<IReadOnlyList<GroupSnapshot?>> SnapshotsAsync(IReadOnlyList<GroupId> gids, Attempts attempts, CancellationToken cancellationToken)
    {
        var read = await attempts.ReadAsync(Attempts.Registry, async () => await _node.Registry.ReadAsync(gids, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        if (read is not null && !gids.All(read.ContainsKey))
            attempts.Fail(Attempts.Registry);
        return [.. gids.Select(gid => read?.GetValueOrDefault(gid))];
    }

    /// <summary>How long the processes of the roots have been silent; null where that is not known.</summary>
    public async Task<IReadOnlyList<TimeSpan?>> SilencesAsync(IReadOnlyList<GroupSnapshot?> snapshots, Attempts attempts, CancellationToken cancellationToken)
    {
        var roots = snapshots.Select(snapshot => snapshot?.RootInstance).OfType<InstanceId>().Distinct().ToList();
        var silences = await attempts.ReadAsync(
            Attempts.Registry, async () => await _node.Registry.SinceHeartbeatAsync(roots, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        var known = roots.Zip(silences ?? []).ToDictionary(pair => pair.First, pair => pair.Second);
        return [.. snapshots.Select(snapshot => snapshot?.RootInstance is { } root ? known.GetValueOrDefault(root) : null)];
    }

    /// <summary>What is prepared in the databases, oldest first. A database that goes by two names is shown by its first.</summary>
    public async Task<IReadOnlyList<InDoubtBranch>> InDoubtAsync(Attempts attempts, CancellationToken cancellationToken)
    {
        var all = new List<InDoubtBranch>();
        foreach (var resource in _node.Databases.All)
        {
            var found = await attempts.ReadAsync(
                resource.Database.Name.Text,
                async () => (await resource.Database.AbilitiesAsync(services, cancellationToken).ConfigureAwait(false)).Durable
                    ? await search.ListAsync(resource.Database, cancellationToken).ConfigureAwait(false)
                    : []).ConfigureAwait(false);
            all.AddRange(found ?? []);
        }

        return [.. all.DistinctBy(branch => (branch.Name.Gid, branch.Name.Branch)).OrderByDescending(branch => branch.Age)];
    }

    /// <summary>The held branches that are written down in the journals.</summary>
    public async Task<IReadOnlyList<InDoubtBranch>> HeldAsync(Attempts attempts, CancellationToken cancellationToken)
    {
        var all = new List<InDoubtBranch>();
        foreach (var journal in _node.Databases.All.Select(resource => resource.Journal).OfType<BranchJournal>())
        {
            var found = await attempts.ReadAsync(
                journal.Database.Name.Text,
                async () => await journal.IsKeptAsync(cancellationToken).ConfigureAwait(false)
                    ? await journal.ListJournalledAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false)
                    : []).ConfigureAwait(false);
            all.AddRange((found ?? []).Select(branch => new InDoubtBranch(journal.Database.Name, branch.Name, branch.Age)));
        }

        return all;
    }

    /// <summary>Asks each decision database of this service, and says which one each answer is from.</summary>
    public async Task<IReadOnlyList<(FatName Database, T Item)>> FromDecisionsAsync<T>(
        Func<ForceLog, Task<IReadOnlyList<T>>> read, Attempts attempts)
    {
        var all = new List<(FatName, T)>();
        foreach (var log in _node.Databases.DecisionDatabases)
        {
            var found = await attempts.ReadAsync(log.DatabaseName.Text, () => read(log.Forced)).ConfigureAwait(false);
            all.AddRange((found ?? []).Select(item => (log.DatabaseName, item)));
        }

        return all;
    }
}
