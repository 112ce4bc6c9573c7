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

    /// <summary>How often in a row it has failed since something succeeded.</summary>
    public int Failures { get; init; }

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
