using System.Text.Json;

namespace Fat.Messages;

/// <summary>What stands in a queue of deliveries: a line that says whose it is, and what was published, as it was.</summary>
/// <param name="Head">Whose it is.</param>
/// <param name="Content">What was published, as JSON.</param>
internal readonly record struct DeliveryBody(DeliveryHead Head, string Content)
{
    public string Write() => $"{JsonSerializer.Serialize(Head, MessageFormat.Compact.DeliveryHead)}\n{Content}";

    /// <summary>Null for what is none.</summary>
    public static DeliveryBody? Read(string text)
    {
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        if (end < 0)
            return null;
        try
        {
            return JsonSerializer.Deserialize(text.AsSpan(0, end), MessageFormat.Compact.DeliveryHead) is { } head ? new DeliveryBody(head, text[(end + 1)..]) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Whose a delivery is.</summary>
internal sealed record DeliveryHead(string Service, string Gid, string Branch)
{
    public string? Trace { get; init; }
}
