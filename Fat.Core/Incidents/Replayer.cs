using System.Data.Common;
using Fat.Context;
using Fat.Coordination;
using Fat.Diagnostics;
using Fat.Interception;
using Fat.Journal;
using Fat.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Incidents;

/// <summary>
/// Runs the call of a lost branch again, in one transaction with the branch's barrier row and the incident's new state: all of it commits, once, or
/// nothing does.
/// </summary>
internal sealed class Replayer(Node node, ReplayTargets targets, IServiceProvider services)
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    /// <summary>Runs it, in an attempt that was begun. False when it failed: the incident then has the reason.</summary>
    public async Task<bool> ReplayAsync(BranchJournal journal, Incident incident, string? by, bool evenIfNotAllowed, CancellationToken cancellationToken)
    {
        string reason;
        try
        {
            return await GuestWork.RunAsync(
                node, Wait(incident), token => RunAsync(journal, incident, by, evenIfNotAllowed, token), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Rolled back, at the latest when its method comes back; or the answer of the COMMIT was lost, and then the incident has moved on if it was done.
            reason = FatDatabase.Failure(exception) is not null ? journal.Database.Explain(exception) : $"{exception.GetType().Name}: {exception.Message}";
        }

        try
        {
            await journal.Incidents.FailAsync(incident, reason, Pause(incident.Attempts), by, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException exception) when (journal.Database.Dialect.IsLockTimeout(exception))
        {
            // The method has not come back, and its transaction keeps everybody from the incident until it does. Then it is rolled back, and due again.
            FatLog.ReplayGoesOn(node.Logger, incident.Gid, incident.Branch, incident.Name, node.Redaction.Reason(incident.Gid.ToString(), incident.Name, reason));
        }

        return false;
    }

    /// <summary>How long an attempt may take until somebody else begins one.</summary>
    public TimeSpan Longest(Incident incident) => Wait(incident) + GuestWork.Grace + Margin;

    /// <summary>How long its method may take.</summary>
    private TimeSpan Wait(Incident incident)
    {
        try
        {
            return Wait(targets.Find(incident.CallService, incident.CallMethod).Transaction);
        }
        catch (InvalidOperationException)
        {
            // The attempt fails for this reason, before anything waits.
            return node.Timings.WaitResult;
        }
    }

    private TimeSpan Wait(FatTransactionAttribute marks) =>
        marks.WaitResultMilliseconds > 0 ? TimeSpan.FromMilliseconds(marks.WaitResultMilliseconds) : node.Timings.WaitResult;

    private async Task<bool> RunAsync(BranchJournal journal, Incident incident, string? by, bool evenIfNotAllowed, CancellationToken cancellationToken)
    {
        var target = targets.Find(incident.CallService, incident.CallMethod);
        var marks = target.Transaction;
        if (!marks.Replay && !evenIfNotAllowed)
            throw new InvalidOperationException($"{incident.Name} does not allow a replay (any more).");
        if (node.Databases.Find(marks.Database).Database.Name != journal.Database.Name)
            throw new InvalidOperationException($"{incident.Name} is not on database '{journal.Database.Name}' any more.");
        if (incident.Arguments is not { } arguments)
            throw new InvalidOperationException($"Its arguments were not journalled: {incident.Problem}");
        var wait = Wait(marks);
        var scope = services.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            var settings = new TransactionSettings(marks.IsolationLevel, ReadOnly: false, wait);
            var transaction = await LocalTransaction.BeginAsync(journal.Database, scope.ServiceProvider, settings, cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                if (!await journal.Incidents.TakeAsync(transaction, incident, cancellationToken).ConfigureAwait(false))
                    return false;
                await RunAsync(transaction, target, scope.ServiceProvider, new ReplayScope(incident.Gid.ToString(), wait, node.Time, cancellationToken), arguments)
                    .ConfigureAwait(false);
                await journal.Incidents.CommitAsync(transaction, incident, by, CancellationToken.None).ConfigureAwait(false);
                return true;
            }
        }
    }

    private static async Task RunAsync(LocalTransaction transaction, ReplayTarget target, IServiceProvider services, ReplayScope around, string arguments)
    {
        using (AmbientScope.Enter(around))
        using (BranchFrame.Enter(transaction, services))
            await transaction.RunAsync(services, () => target.InvokeAsync(services, arguments, around.Aborted)).ConfigureAwait(false);
        if (around.AbortReason is { } reason)
            throw new InvalidOperationException($"The method asked for a roll back: {reason}");

        // Nobody may wait for it any more.
        if (around.Aborted.IsCancellationRequested)
            throw new OperationCanceledException("Its method came back too late (WaitResult).");
    }

    private static TimeSpan Pause(int attempts)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(attempts - 1, 20));
        return pause < LongestPause ? pause : LongestPause;
    }
}
