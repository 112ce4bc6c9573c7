using Fat.Coordination;
using Fat.Decisions;
using Fat.Diagnostics;
using Fat.Registry;
using Fat.Resources;
using Microsoft.Extensions.Options;

namespace Fat.Hosting;

/// <summary>
/// Looks at everything that can be known to be wrong before the first request. A server that is away is not: the process
/// starts, says so, and uses it when it is back.
/// </summary>
internal sealed class StartUpCheck(Node node, FatRegistrations registrations, IOptions<FatOptions> options, IServiceProvider services)
{
    /// <exception cref="FatConfigurationException">Something cannot work; the message says what to change.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        CheckMethods();
        foreach (var resource in node.Databases.All)
            await CheckAsync(resource.Database, cancellationToken).ConfigureAwait(false);
        foreach (var log in node.Databases.DecisionDatabases)
            await PrepareAsync(log, cancellationToken).ConfigureAwait(false);
        if (node.Databases.Decisions == RegistryDecisionLog.Name)
            await CheckRegistryAsync(cancellationToken).ConfigureAwait(false);
        if (!EnlistmentCount.IsKnown && node.Databases.All.Any(resource => resource.Database.Enlistment == FatEnlistment.Ambient))
            FatLog.EnlistmentsUnknown(node.Logger);
        FatLog.Started(
            node.Logger, node.Service, node.Instance, string.Join(", ", node.Databases.All.Select(resource => resource.Database.Name)),
            node.Databases.Decisions == RegistryDecisionLog.Name ? "the registry" : node.Databases.Decisions.Text);
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

    private async Task CheckAsync(FatDatabase database, CancellationToken cancellationToken)
    {
        DatabaseAbilities abilities;
        try
        {
            abilities = await database.AbilitiesAsync(services, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Nothing is decided by this: it is asked again with the first branch.
            FatLog.DatabaseAway(node.Logger, database.Name, exception);
            return;
        }

        if (abilities.Durable)
            return;
        if (options.Value.RequireDurable)
            throw new FatConfigurationException($"Database '{database.Name}' is required to be durable (Fat:RequireDurable), and {abilities.WhyHeld}");
        FatLog.Held(node.Logger, database.Name, abilities.WhyHeld!);
    }

    private async Task PrepareAsync(DatabaseDecisionLog log, CancellationToken cancellationToken)
    {
        if (!options.Value.CreateBarrierTable)
            return;
        try
        {
            await log.EnsureTableAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The table may be there already; if not, the clean-up creates it when the database is back.
            FatLog.DatabaseAway(node.Logger, log.DatabaseName, exception);
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
