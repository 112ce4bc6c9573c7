using System.Data.Common;
using Fat.Coordination;
using Fat.Diagnostics;
using Fat.Journal;
using Fat.Protocol;
using Fat.Recovery;

namespace Fat.Incidents;

/// <summary>
/// Tells of branches that have been in doubt for too long, in this process or in its databases: once each, as far as this process knows. Nothing is
/// written down; a process that starts later tells again.
/// </summary>
internal sealed class InDoubtAlert(Participant participant, InDoubtSearch search, Listeners listeners, TimeSpan limit, IServiceProvider services)
{
    private const int MostTries = 10;

    private readonly Node _node = participant.Node;
    private readonly HashSet<(GroupId Gid, BranchId Branch)> _seen = [];
    private readonly List<Untold> _untold = [];

    /// <summary>One turn at a time.</summary>
    public async Task TurnAsync(CancellationToken cancellationToken)
    {
        var (leftBehind, sawAll) = await LeftBehindAsync(cancellationToken).ConfigureAwait(false);
        var late = Waiting().Concat(leftBehind).DistinctBy(branch => (branch.Gid, branch.Branch)).ToList();
        foreach (var branch in late.Where(branch => _seen.Add((branch.Gid, branch.Branch))))
        {
            FatLog.InDoubtTooLong(_node.Logger, branch.Gid, branch.Branch, branch.Database, branch.Reason);
            FatMeter.IncidentChanged(_node.Service, "in_doubt");
            _untold.Add(new Untold(Event(branch)));
        }

        if (sawAll)
            _seen.IntersectWith(late.Select(branch => (branch.Gid, branch.Branch)));
        foreach (var untold in _untold.ToList())
        {
            if (await TellAsync(untold, cancellationToken).ConfigureAwait(false) || ++untold.Tries == MostTries)
                _untold.Remove(untold);
        }
    }

    private async Task<bool> TellAsync(Untold untold, CancellationToken cancellationToken)
    {
        untold.Handled = untold.Handled || await listeners.HandleAsync(untold.Event, cancellationToken).ConfigureAwait(false);
        untold.Sent = untold.Sent || await listeners.SendAsync(untold.Event, cancellationToken).ConfigureAwait(false);
        return untold.Handled && untold.Sent;
    }

    private IEnumerable<LateBranch> Waiting()
    {
        foreach (var branch in participant.Waiting.All)
        {
            var age = _node.Time.GetElapsedTime(branch.VotedAt);
            if (age >= limit)
            {
                var what = branch.Known is null ? "It waits for the group's decision" : "It cannot obey the group's decision";
                yield return new LateBranch(branch.Gid, branch.Id, branch.Voted.Database, branch.Method, $"{what} since {age.TotalSeconds:0} s; the root is {branch.Root}.");
            }
        }
    }

    private async Task<(IReadOnlyList<LateBranch> Branches, bool SawAll)> LeftBehindAsync(CancellationToken cancellationToken)
    {
        var sawAll = true;
        var late = new List<LateBranch>();
        foreach (var resource in _node.Databases.All)
        {
            try
            {
                if ((await resource.Database.AbilitiesAsync(services, cancellationToken).ConfigureAwait(false)).Durable)
                {
                    var prepared = await search.ListAsync(resource.Database, cancellationToken).ConfigureAwait(false);
                    late.AddRange(prepared.Where(branch => branch.Age >= limit).Select(branch => Of(branch, "prepared")));
                }

                if (resource.Journal is BranchJournal { HasJournalled: true } journal && await journal.IsKeptAsync(cancellationToken).ConfigureAwait(false))
                {
                    var journalled = await journal.ListJournalledAsync(limit, cancellationToken).ConfigureAwait(false);
                    late.AddRange(journalled.Select(branch => Of(new InDoubtBranch(resource.Database.Name, branch.Name, branch.Age), $"held by {branch.Instance}")));
                }
            }
            catch (DbException exception)
            {
                // Told of when the database is back.
                sawAll = false;
                FatLog.DatabaseNotSearched(_node.Logger, resource.Database.Name, exception);
            }
        }

        return (late, sawAll);
    }

    private static LateBranch Of(InDoubtBranch branch, string how) => new(
        branch.Name.Gid, branch.Name.Branch, branch.Database, null, $"It is {how} since {branch.Age.TotalSeconds:0} s; service {branch.Name.RootService} knows the decision.");

    private FatIncidentEvent Event(LateBranch branch) => new()
    {
        Id = Guid.CreateVersion7(_node.Time.GetUtcNow()).ToString("D"),
        Kind = FatIncidentEventKind.InDoubt,
        Service = _node.Service.Text,
        Instance = _node.Instance.Text,
        Database = branch.Database.Text,
        Gid = branch.Gid.ToString(),
        Branch = branch.Branch.Text,
        Method = branch.Method,
        Version = 0,
        Reason = branch.Reason,
        Attempts = 0,
        At = _node.Time.GetUtcNow(),
    };

    private sealed record LateBranch(GroupId Gid, BranchId Branch, FatName Database, string? Method, string Reason);

    private sealed record Untold(FatIncidentEvent Event)
    {
        public int Tries { get; set; }

        public bool Handled { get; set; }

        public bool Sent { get; set; }
    }
}
