namespace Fat.Incidents;

/// <summary>
/// The events that the webhook has taken while somebody else still has to: this process does not send them again. One that starts later, or another
/// one, may. Used by one flow at a time.
/// </summary>
internal sealed class SentEvents
{
    /// <summary>The oldest go first, and are sent once more.</summary>
    private const int Most = 10_000;

    private readonly OrderedDictionary<string, bool> _ids = new(StringComparer.Ordinal);

    public bool Has(string id) => _ids.ContainsKey(id);

    public void Add(string id)
    {
        if (_ids.TryAdd(id, true) && _ids.Count > Most)
            _ids.RemoveAt(0);
    }

    /// <summary>Everybody knows of it.</summary>
    public void Forget(string id) => _ids.Remove(id);
}
