using System.Collections.Immutable;
using Fat.Protocol;

namespace Fat.Registry.InMemory;

/// <summary>The ended groups of one service, and how many. Not thread-safe: the store's lock guards it.</summary>
internal sealed class InMemoryPast
{
    /// <summary>A branch takes about so much of a record on a server.</summary>
    private const int BranchBytes = 256;

    private readonly Dictionary<GroupId, PastRecord> _records = [];
    private readonly SortedSet<(string Place, PastOutcome Outcome)> _places = new(Comparer<(string Place, PastOutcome)>.Create((one, other) => string.CompareOrdinal(one.Place, other.Place)));
    private readonly Dictionary<PastStep, InMemoryCounts> _counts = new() { [PastStep.Hour] = new(PastStep.Hour), [PastStep.Minute] = new(PastStep.Minute) };
    private int? _kept;

    /// <summary>When it was last told of.</summary>
    public TimeSpan At { get; set; }

    public void Tell(IReadOnlyList<PastEntry> entries, bool own, int kept, DateTimeOffset now)
    {
        foreach (var entry in entries)
            Tell(entry, now);
        if (own)
            _kept = kept;
        while (_places.Count > (_kept ?? kept))
        {
            var (place, _) = _places.Min;
            Forget(PastPlace.TryParse(place, out var parsed) ? parsed.Gid : default);
        }
    }

    public IReadOnlyList<PastGroup> List(PastQuery query, DateTimeOffset now)
    {
        var groups = new List<PastGroup>();
        foreach (var (place, outcome) in _places.Reverse())
        {
            if (string.CompareOrdinal(place, query.Lowest) < 0)
                break;
            var hidden = (query.Outcome is { } wanted && wanted != outcome) || (query.Above(outcome, now) is { } above && string.CompareOrdinal(place, above) >= 0);
            if (!hidden && PastPlace.TryParse(place, out var parsed))
                groups.Add(_records[parsed.Gid].Group);
            if (groups.Count == query.Most)
                break;
        }

        return groups;
    }

    public PastRecord? Find(GroupId gid) => _records.GetValueOrDefault(gid);

    public IReadOnlyList<PastCount> Count(PastStep step, int count, DateTimeOffset now) => _counts[step].Last(count, now);

    private void Tell(PastEntry entry, DateTimeOffset now)
    {
        var known = _records.GetValueOrDefault(entry.Gid);
        var told = Told(entry);
        var becomes = Becomes(known?.Group, told);
        if (known?.Group.Outcome != becomes.Outcome && becomes.Outcome != PastOutcome.Told)
        {
            foreach (var counts in _counts.Values)
                counts.Add(becomes.Outcome, known?.Group.Outcome == PastOutcome.InDoubt ? null : told.Ended - told.Began, told.Abort, now);
        }

        if (known is not null)
            _places.Remove((known.Group.Place.ToString(), known.Group.Outcome));
        _places.Add((becomes.Place.ToString(), becomes.Outcome));
        _records[entry.Gid] = new PastRecord(becomes, Branches(known?.Branches ?? [], entry as PastBranch));
    }

    /// <summary>An entry as the group would be if nothing else were known.</summary>
    private static PastGroup Told(PastEntry entry) => entry switch
    {
        PastGroup group => group,
        PastSettlement settled => new PastGroup(
            settled.Gid, settled.Root, settled.Decision == Decision.Committed ? PastOutcome.Committed : PastOutcome.RolledBack, string.Empty, settled.Gid.Began, settled.At, 0, null),
        PastBranch branch => new PastGroup(branch.Gid, branch.Root, PastOutcome.Told, string.Empty, branch.Gid.Began, branch.Last, 0, null),
        _ => throw new ArgumentOutOfRangeException(nameof(entry), entry, "An unknown entry."),
    };

    /// <summary>What was known stays, but for a doubt.</summary>
    private static PastGroup Becomes(PastGroup? known, PastGroup told)
    {
        if (known is null || (known.Outcome == PastOutcome.Told && told.Outcome != PastOutcome.Told))
            return told;
        var outcome = known.Outcome == PastOutcome.InDoubt && told.Outcome is PastOutcome.Committed or PastOutcome.RolledBack ? told.Outcome : known.Outcome;
        var whole = known.Method.Length == 0 ? told with { Ended = known.Ended } : known;
        return whole with { Outcome = outcome };
    }

    private static ImmutableArray<PastBranch> Branches(ImmutableArray<PastBranch> known, PastBranch? told)
    {
        if (told is null)
            return known;
        var others = known.RemoveAll(branch => branch.Id == told.Id);
        return others.Length < RegistryLimits.PastRecord / BranchBytes ? others.Add(told) : known;
    }

    private void Forget(GroupId gid)
    {
        if (_records.Remove(gid, out var record))
            _places.Remove((record.Group.Place.ToString(), record.Group.Outcome));
    }
}
