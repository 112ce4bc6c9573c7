using System.Collections.Concurrent;
using Fat.Protocol;

namespace Fat.Coordination;

/// <summary>How many branches recovery saw in doubt in each database when it last looked, and how old the oldest was. Thread-safe.</summary>
internal sealed class InDoubtSeen(TimeProvider time)
{
    private readonly ConcurrentDictionary<FatName, Sighting> _seen = new();

    /// <summary>Of each database: the number, and the age of the oldest by now.</summary>
    public IEnumerable<(FatName Database, int Count, TimeSpan Oldest)> All
    {
        get
        {
            foreach (var (database, seen) in _seen)
                yield return (database, seen.Count, seen.Count == 0 ? TimeSpan.Zero : seen.Oldest + time.GetElapsedTime(seen.At));
        }
    }

    public void Saw(FatName database, IReadOnlyCollection<TimeSpan> ages) =>
        _seen[database] = new Sighting(ages.Count, ages.Count == 0 ? TimeSpan.Zero : ages.Max(), time.GetTimestamp());

    private sealed record Sighting(int Count, TimeSpan Oldest, long At);
}
