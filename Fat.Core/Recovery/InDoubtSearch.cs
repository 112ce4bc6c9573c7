using System.Data.Common;
using System.Globalization;
using Fat.Coordination;
using Fat.Diagnostics;
using Fat.Protocol;
using Fat.Resources;

namespace Fat.Recovery;

/// <summary>
/// Finds the branches in doubt that a crash left in this service's databases, and finishes them (rule L2). Their names say
/// whom to ask; nothing is decided here.
/// </summary>
internal sealed class InDoubtSearch(Participant participant, IServiceProvider services)
{
    private readonly DecisionSearch _decisions = new(participant);
    private readonly Lazy<IReadOnlyList<IReadOnlyList<BranchResource>>> _places = new(
        () => [.. participant.Node.Databases.All.GroupBy(resource => PlaceOf(resource.Database, services), StringComparer.Ordinal).Select(place => place.ToList())],
        LazyThreadSafetyMode.PublicationOnly);

    /// <summary>What Redis is asked and the database is told at once, however much a crash has left behind.</summary>
    private const int LargestBatch = 500;

    /// <summary>
    /// All databases at once: one that is silent does not hold up the others. Several names of one database take turns, so that a branch is found and
    /// counted once.
    /// </summary>
    public Task SearchAsync(CancellationToken cancellationToken) => Task.WhenAll(_places.Value.Select(place => SearchAsync(place, cancellationToken)));

    /// <summary>
    /// Every branch that is prepared in this service's databases or waits in their journals; null when there may be branches that leave no
    /// trace there.
    /// </summary>
    public async Task<IReadOnlySet<(GroupId Gid, BranchId Branch)>?> FindAllAsync(CancellationToken cancellationToken)
    {
        var all = new HashSet<(GroupId, BranchId)>();
        foreach (var found in await Task.WhenAll(participant.Node.Databases.All.Select(resource => FindAllAsync(resource, cancellationToken))).ConfigureAwait(false))
        {
            if (found is null)
                return null;
            all.UnionWith(found);
        }

        return all;
    }

    /// <summary>
    /// Finishes what is prepared of a decided group and not waited for in this process, at once and whatever its age. Returns how many
    /// branches there were; those that could not obey yet are found again.
    /// </summary>
    public async Task<int> FinishAsync(GroupId gid, DecisionRecord decision, CancellationToken cancellationToken)
    {
        var branches = new HashSet<BranchId>();
        foreach (var resource in participant.Node.Databases.All)
        {
            try
            {
                if (!(await resource.Database.AbilitiesAsync(services, cancellationToken).ConfigureAwait(false)).Durable)
                    continue;
                var found = (await ListAsync(resource.Database, cancellationToken).ConfigureAwait(false))
                    .Where(branch => branch.Name.Gid == gid && !participant.Waiting.Has(gid, branch.Name.Branch)).ToList();
                await Task.WhenAll(found.Select(branch => FinishAsync(resource, branch, new KnownDecision(decision, Trace: null)))).ConfigureAwait(false);
                branches.UnionWith(found.Select(branch => branch.Name.Branch));
            }
            catch (DbException exception)
            {
                // Decided, and not obeyed yet: the next turn of the search finds them.
                FatLog.DatabaseNotSearched(participant.Node.Logger, resource.Database.Name, exception);
            }
        }

        return branches.Count;
    }

    private async Task<IReadOnlyCollection<(GroupId Gid, BranchId Branch)>?> FindAllAsync(BranchResource resource, CancellationToken cancellationToken)
    {
        var all = new List<(GroupId, BranchId)>();
        var durable = (await resource.Database.AbilitiesAsync(services, cancellationToken).ConfigureAwait(false)).Durable;
        if (resource.Journal is { } journal)
            all.AddRange(await journal.ListOpenAsync(cancellationToken).ConfigureAwait(false));
        else if (!durable)
            return null;
        if (durable)
            all.AddRange((await ListAsync(resource.Database, cancellationToken).ConfigureAwait(false)).Select(branch => (branch.Name.Gid, branch.Name.Branch)));
        return all;
    }

    private static string PlaceOf(FatDatabase database, IServiceProvider services)
    {
        using var connection = database.Connect(services);
        return DatabasePlace.Of(connection.ConnectionString);
    }

    private async Task SearchAsync(IReadOnlyList<BranchResource> place, CancellationToken cancellationToken)
    {
        foreach (var resource in place)
            await TrySearchAsync(resource, cancellationToken).ConfigureAwait(false);
    }

    private async Task TrySearchAsync(BranchResource resource, CancellationToken cancellationToken)
    {
        try
        {
            if ((await resource.Database.AbilitiesAsync(services, cancellationToken).ConfigureAwait(false)).Durable)
                await SearchAsync(resource, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException exception)
        {
            // Still in doubt; the next turn tries again.
            FatLog.DatabaseNotSearched(participant.Node.Logger, resource.Database.Name, exception);
        }
    }

    private async Task SearchAsync(BranchResource resource, CancellationToken cancellationToken)
    {
        var found = await ListAsync(resource.Database, cancellationToken).ConfigureAwait(false);
        participant.InDoubt.Saw(resource.Database.Name, [.. found.Select(branch => branch.Age)]);
        foreach (var batch in found.Where(IsLeftBehind).Chunk(LargestBatch))
            await FinishAsync(resource, batch, cancellationToken).ConfigureAwait(false);
    }

    private async Task FinishAsync(BranchResource resource, InDoubtBranch[] found, CancellationToken cancellationToken)
    {
        var known = await _decisions.FindAsync(found, cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(found.Where(branch => known.ContainsKey(branch.Name.Gid)).Select(branch => FinishAsync(resource, branch, known[branch.Name.Gid])))
            .ConfigureAwait(false);
        await _decisions.AskAsync(found.Where(branch => !known.ContainsKey(branch.Name.Gid)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A branch of a live process is waited for by that process; one that nobody waits for here is older than its waits.</summary>
    private bool IsLeftBehind(InDoubtBranch found) =>
        !participant.Waiting.Has(found.Name.Gid, found.Name.Branch) && found.Age >= participant.Node.Timings.WaitCommit;

    private async Task FinishAsync(BranchResource resource, InDoubtBranch found, KnownDecision known)
    {
        var node = participant.Node;
        var name = found.Name;
        var decision = known.Decision.For(name.Branch);
        using var activity = FatActivity.StartRecover(name.Gid, name.Branch, resource.Database.Name, decision, known.Trace);
        try
        {
            await resource.Prepared.FinishAsync(name, decision).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is DbException or OperationCanceledException)
        {
            // Decided, and not obeyed yet: the next turn finds it again.
            FatActivity.Failed(activity, exception, node.Redaction);
            FatLog.FinishFailed(node.Logger, name.Gid, name.Branch, decision, exception);
            return;
        }

        FatLog.Recovered(node.Logger, name.Gid, name.Branch, resource.Database.Name, decision);
        FatMeter.BranchRecovered(node.Service, resource.Database.Name, decision);
        participant.History.Recovered(name, resource.Database.Name, decision, found.Age);
        if (decision == Decision.Committed)
            participant.Acknowledgements.Add(name.Gid, name.Branch);
    }

    /// <summary>Every branch that is prepared in one database, oldest first, whoever waits for it.</summary>
    public async Task<IReadOnlyList<InDoubtBranch>> ListAsync(FatDatabase database, CancellationToken cancellationToken)
    {
        var reserved = new ReservedConnection(database, services);
        await using (reserved.ConfigureAwait(false))
            return await reserved.OnceAsync((connection, token) => ListAsync(database, connection, token), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The same over a connection that is open.</summary>
    /// <exception cref="StandbyException">The server is a standby: what it does not show may be prepared all the same (rule S6).</exception>
    public static async Task<IReadOnlyList<InDoubtBranch>> ListAsync(FatDatabase database, DbConnection connection, CancellationToken cancellationToken)
    {
        await StandbyException.ThrowIfStandbyAsync(database, connection, cancellationToken).ConfigureAwait(false);
        var found = new List<InDoubtBranch>();
        var command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = database.Dialect.ListInDoubt(PreparedName.Prefix);
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    if (PreparedName.TryParse(reader.GetString(0), out var name))
                        found.Add(new InDoubtBranch(database.Name, name, TimeSpan.FromSeconds(Convert.ToDouble(reader.GetValue(1), CultureInfo.InvariantCulture))));
                }
            }
        }

        return found;
    }
}
