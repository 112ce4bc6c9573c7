using System.Data.Common;
using Fat.Coordination;
using Fat.Decisions;
using Fat.Diagnostics;
using Fat.Incidents;
using Fat.Journal;
using Fat.Protocol;
using Fat.Registry;
using Fat.Resources;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fat.Hosting;

/// <summary>
/// Looks at everything that can be known to be wrong before the first request. A server that is away is not: the process
/// starts, says so, and uses it when it is back.
/// </summary>
internal sealed class StartUpCheck(Node node, FatRegistrations registrations, IOptions<FatOptions> options, RootServices services)
{
    /// <exception cref="FatConfigurationException">Something cannot work; the message says what to change.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        CheckMethods();
        CheckRegistrations();
        using (Webhook.Of(options.Value.Webhook, node.Time))
        {
            // Only its address is looked at.
        }

        var away = new HashSet<FatName>();
        var held = new List<FatName>();
        foreach (var resource in node.Databases.All)
        {
            var abilities = await CheckAsync(resource, cancellationToken).ConfigureAwait(false);
            if (abilities is null)
                away.Add(resource.Database.Name);
            else if (!abilities.Durable)
                held.Add(resource.Database.Name);
        }

        foreach (var journal in node.Databases.All.Where(resource => !away.Contains(resource.Database.Name)).Select(resource => resource.Journal).OfType<BranchJournal>())
            await PrepareAsync(journal, cancellationToken).ConfigureAwait(false);
        foreach (var log in node.Databases.DecisionDatabases.Where(log => !away.Contains(log.DatabaseName)))
            await PrepareAsync(log, cancellationToken).ConfigureAwait(false);
        if (node.Databases.Decisions == RegistryDecisionLog.Name)
            await CheckRegistryAsync(cancellationToken).ConfigureAwait(false);
        if (!EnlistmentCount.IsKnown && node.Databases.All.Any(resource => resource.Database.Enlistment == FatEnlistment.Ambient))
            FatLog.EnlistmentsUnknown(node.Logger);
        FatLog.Started(
            node.Logger, node.Service, node.Instance, string.Join(", ", node.Databases.All.Select(resource => resource.Database.Name)),
            node.Databases.Decisions == RegistryDecisionLog.Name ? "the registry" : node.Databases.Decisions.Text);
        FatLog.Atomicity(node.Logger, AtomicityText.Of(node.Databases.Decisions, held));
    }

    private void CheckMethods()
    {
        foreach (var methods in registrations.Transactional)
        {
            foreach (var (method, marks) in methods.All)
            {
                if (marks.Transaction is not { } transaction)
                    continue;
                try
                {
                    node.Databases.Find(transaction.Database);
                }
                catch (FatConfigurationException exception)
                {
                    throw new FatConfigurationException($"{Interception.MarkedMethods.Name(method)}: {exception.Message}");
                }
            }
        }
    }

    private void CheckRegistrations()
    {
        // What was looked at once is as it was.
        var declared = registrations.Services;
        registrations.Services = null;
        if (declared is not null)
            new RegistrationCheck(registrations, node.Logger).Run(declared);
        new ContextCheck(node.Databases, registrations, services).Run(declared ?? (IEnumerable<ServiceDescriptor>)[]);
    }

    /// <summary>Null when the database is away: what it can do is then asked with the first branch.</summary>
    private async Task<DatabaseAbilities?> CheckAsync(BranchResource resource, CancellationToken cancellationToken)
    {
        var database = resource.Database;
        DatabaseAbilities? abilities = null;
        if (!await ReachAsync(database.Name, async token => abilities = await database.AbilitiesAsync(services, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false))
            return null;
        if (abilities!.LosesCommits is { } loses)
            FatLog.LosesCommits(node.Logger, database.Name, loses);
        if (abilities.Durable)
            return abilities;
        if (options.Value.RequireDurable)
            throw new FatConfigurationException($"Database '{database.Name}' is required to be durable (Fat:RequireDurable), and {abilities.WhyHeld}");
        if (resource.Journal is null)
            FatLog.Held(node.Logger, database.Name, abilities.WhyHeld!);
        else
            FatLog.HeldWithJournal(node.Logger, database.Name, abilities.WhyHeld!);
        return abilities;
    }

    private async Task PrepareAsync(DatabaseDecisionLog log, CancellationToken cancellationToken)
    {
        // The table may be there already; if not, the clean-up creates it when the database is back.
        if (options.Value.CreateBarrierTable)
            await CreateAsync(log.DatabaseName, log.EnsureTableAsync, log.Forced.IsRefusal, cancellationToken).ConfigureAwait(false);
        string? unfit = null;
        await ReachAsync(log.DatabaseName, async token => unfit = await log.UnfitTableAsync(token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        if (unfit is not null)
            throw new FatConfigurationException($"The barrier table of database '{log.DatabaseName}' (FatDatabaseOptions.BarrierTable) cannot be used: {unfit}");
    }

    private async Task PrepareAsync(BranchJournal journal, CancellationToken cancellationToken)
    {
        // As for the barrier table; recovery creates it when the database is back.
        if (options.Value.CreateBarrierTable)
            await CreateAsync(journal.Database.Name, journal.EnsureTableAsync, journal.Database.Dialect.IsRefusal, cancellationToken).ConfigureAwait(false);
    }

    private async Task CreateAsync(FatName database, Func<CancellationToken, Task> create, Func<DbException, bool> isRefusal, CancellationToken cancellationToken)
    {
        await ReachAsync(database, TryAsync, cancellationToken).ConfigureAwait(false);

        async Task TryAsync(CancellationToken token)
        {
            try
            {
                await create(token).ConfigureAwait(false);
            }
            catch (DbException refused) when (isRefusal(refused))
            {
                // Nothing is decided by this: what needs the tables fails until they are there.
                FatLog.TablesNotCreated(node.Logger, database, refused.Message);
            }
        }
    }

    /// <summary>A database that does not answer within WaitCommit is away: a start is not held up by the drivers' time-outs.</summary>
    private async Task<bool> ReachAsync(FatName database, Func<CancellationToken, Task> look, CancellationToken cancellationToken)
    {
        using var patience = new Cancellation(node.Background, node.Timings.WaitCommit, node.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await look(either.Token).WaitAsync(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Nothing is decided by this: it is tried again when it is used.
            FatLog.DatabaseAway(node.Logger, database, exception);
            return false;
        }
    }

    private async Task CheckRegistryAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await node.Registry.DurabilityProblemAsync(cancellationToken).ConfigureAwait(false) is { } problem)
                FatLog.RegistryNotDurable(node.Logger, problem);
        }
        catch (RegistryUnavailableException exception)
        {
            FatLog.RegistryAway(node.Logger, exception);
        }
    }
}
