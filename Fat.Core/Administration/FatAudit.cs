using System.Data.Common;
using Fat.Coordination;
using Fat.Decisions;
using Fat.Recovery;

namespace Fat.Administration;

/// <summary>The audit table of this service's databases.</summary>
internal sealed class FatAudit(Participant participant, IServiceProvider services) : IFatAudit
{
    private const int LongestSubject = 128;
    private const int LongestAction = 32;

    private readonly Node _node = participant.Node;
    private readonly Sight _sight = new(participant, new InDoubtSearch(participant, services), services);

    public async Task RecordAsync(string subject, string action, string by, string reason, CancellationToken cancellationToken = default)
    {
        var (who, why) = (AdminArguments.By(by, nameof(by)), AdminArguments.Why(reason, nameof(reason)));
        var (what, about) = (Action(action), AdminArguments.Text(subject, LongestSubject, nameof(subject)));
        if (_node.Databases.DecisionLog is not { } log)
            throw new FatMonitorUnavailableException("This service has no database with an audit table: it decides in the registry. Do it in a service that has one.");
        try
        {
            await log.Forced.AskedAsync(about, what, who, why, _node.Instance, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException exception)
        {
            // Nothing is done without the entry; it may have been written before the connection was lost.
            throw new FatMonitorUnavailableException($"The audit table in database '{log.DatabaseName}' cannot be written now: {exception.Message}", exception);
        }
    }

    public async Task<FatList<FatAuditEntry>> ListAsync(string? subject = null, int limit = 100, int skip = 0, CancellationToken cancellationToken = default)
    {
        var about = subject is null ? null : AdminArguments.Text(subject, LongestSubject, nameof(subject));
        var part = new Part(limit, skip);
        var attempts = new Attempts();
        var entries = await _sight.FromDecisionsAsync(log => log.ListAuditAsync(about, part.Most, cancellationToken), attempts).ConfigureAwait(false);

        // A database that goes by two names holds each entry once.
        var all = entries.Select(entry => entry.Item).DistinctBy(entry => (entry.Subject, entry.Action, entry.At, entry.Instance)).OrderByDescending(entry => entry.At);
        return part.Of(all, attempts);
    }

    private static string Action(string action)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(action);
        if (action.Length > LongestAction || action.Any(letter => !char.IsAsciiLetterLower(letter) && letter != '-'))
            throw new ArgumentException($"'{action}' is not the name of an action: 1 to {LongestAction} lower-case letters and hyphens.", nameof(action));
        return ForceLog.IsDecision(action)
            ? throw new ArgumentException($"'{action}' is a forced decision, which is recorded with the force itself.", nameof(action))
            : action;
    }
}
