using System.Text.Json;

namespace Fat.Messages;

/// <summary>What stands in a queue of calls: the message, and how far it has got.</summary>
/// <param name="Gid">The message.</param>
/// <param name="Document">The message itself.</param>
internal sealed record CallWork(string Gid, MessageDocument Document)
{
    /// <summary>The calls that have succeeded.</summary>
    public IReadOnlyList<string> Done { get; init; } = [];

    /// <summary>Whether its deliveries, which had to wait, are in their queues.</summary>
    public bool Delivered { get; init; }

    /// <summary>How often in a row it has failed since something succeeded: the pauses follow this.</summary>
    public int Failures { get; init; }

    /// <summary>How often each call has failed; null for an older instance's work, or if none has.</summary>
    public IReadOnlyDictionary<string, int>? Failed { get; init; }

    /// <summary>The number of the attempt that is made now.</summary>
    public int AttemptAt(string branch) => (Failed?.GetValueOrDefault(branch) ?? 0) + 1;

    /// <summary>With one more failure of each of these.</summary>
    public CallWork WithFailures(IEnumerable<string> branches)
    {
        var failed = new Dictionary<string, int>(Failed ?? new Dictionary<string, int>(StringComparer.Ordinal), StringComparer.Ordinal);
        foreach (var branch in branches)
            failed[branch] = AttemptAt(branch);
        return failed.Count > 0 ? this with { Failed = failed } : this;
    }

    public string Write() => JsonSerializer.Serialize(this, MessageFormat.Compact.CallWork);

    /// <summary>Null for what is none.</summary>
    public static CallWork? Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, MessageFormat.Compact.CallWork);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
