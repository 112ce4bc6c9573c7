using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fat.Messages;

/// <summary>A whole message as it is stored, in its row and in Redis.</summary>
internal sealed record MessageDocument(string Service, IReadOnlyList<MessageBranch> Branches)
{
    /// <summary>The pause before the branches begin, in milliseconds.</summary>
    public long Delay { get; init; }

    /// <summary>Whether calls are made at the same time.</summary>
    public bool Concurrent { get; init; }

    /// <summary>The pause after the first failure in milliseconds; null as the service's options say.</summary>
    public long? Retry { get; init; }

    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>What its calls are told to do; null for a message of an older version, which goes on with what its receivers' barriers know.</summary>
    public string? Op { get; init; }

    /// <summary>Tells it from other attempts under the same id; null where Fat made the id, which nobody can repeat.</summary>
    public string? Attempt { get; init; }

    /// <summary>The trace in which it was made.</summary>
    public string? Trace { get; init; }

    /// <summary>Branches of which the row remembers that they are consumed.</summary>
    public IReadOnlyList<string>? Done { get; init; }

    /// <summary>Branches of which the row remembers that an operator has taken them back.</summary>
    public IReadOnlyList<string>? Cancelled { get; init; }

    [JsonIgnore]
    public IEnumerable<MessageBranch> Calls => Branches.Where(branch => branch.Topic is null);

    [JsonIgnore]
    public IEnumerable<MessageBranch> Deliveries => Branches.Where(branch => branch.Topic is not null);

    public string Write() => JsonSerializer.Serialize(this, MessageFormat.Compact.MessageDocument);

    /// <summary>Null for what is none.</summary>
    public static MessageDocument? Read(string? text)
    {
        try
        {
            return text is not null && JsonSerializer.Deserialize(text, MessageFormat.Compact.MessageDocument) is { Branches: not null, Service: not null } document ? document : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A branch of a message: a call, or a delivery to a group of subscribers.</summary>
/// <param name="Id">Its id: 01, 02, … as DTM's.</param>
internal sealed record MessageBranch(string Id)
{
    /// <summary>The service that is called.</summary>
    public string? Service { get; init; }

    /// <summary>What is called: an absolute address, or a path of <see cref="Service"/>.</summary>
    public string? Url { get; init; }

    public string? Topic { get; init; }

    public string? Group { get; init; }

    public string? Key { get; init; }

    /// <summary>The body as JSON; null for none.</summary>
    public string? Body { get; init; }
}
