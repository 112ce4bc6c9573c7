namespace Fat.Registry.InMemory;

/// <summary>Ids by time, each once. Not thread-safe: the store's lock guards it.</summary>
internal sealed class InMemoryTimeline
{
    private readonly SortedSet<(TimeSpan At, string Id)> _entries =
        new(Comparer<(TimeSpan At, string Id)>.Create((one, other) => one.At != other.At ? one.At.CompareTo(other.At) : string.CompareOrdinal(one.Id, other.Id)));

    private readonly Dictionary<string, TimeSpan> _times = new(StringComparer.Ordinal);

    public int Count => _entries.Count;

    public void Put(string id, TimeSpan at)
    {
        Remove(id);
        _entries.Add((at, id));
        _times.Add(id, at);
    }

    public void Remove(string id)
    {
        if (_times.Remove(id, out var at))
            _entries.Remove((at, id));
    }

    /// <summary>Keeps the newest, and tells which of the others it had.</summary>
    public List<string> Trim(int most)
    {
        var gone = new List<string>();
        while (_entries.Count > most)
        {
            gone.Add(_entries.Min.Id);
            Remove(_entries.Min.Id);
        }

        return gone;
    }

    public List<string> Newest(int skip, int most) => [.. _entries.Reverse().Skip(skip).Take(most).Select(entry => entry.Id)];

    public List<string> Until(TimeSpan now, int most) => [.. _entries.TakeWhile(entry => entry.At <= now).Take(most).Select(entry => entry.Id)];
}
