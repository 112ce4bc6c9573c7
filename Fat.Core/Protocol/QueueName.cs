using System.Diagnostics.CodeAnalysis;

namespace Fat.Protocol;

/// <summary>The name of a queue of work: what it is for, and whose it is.</summary>
internal readonly record struct QueueName
{
    private const string CallsKind = "calls";
    private const string DeliveriesKind = "topic";
    private const string TransactionsKind = "dtm";

    private readonly string? _text;

    private QueueName(string text) => _text = text;

    public string Text => _text ?? throw new InvalidOperationException("An empty queue name.");

    /// <summary>The messages of a service that have calls to make.</summary>
    public static QueueName Calls(FatName service) => new($"{CallsKind}/{service}");

    /// <summary>What is to be delivered to one group of subscribers of a topic.</summary>
    public static QueueName Deliveries(FatName topic, FatName group) => new($"{DeliveriesKind}/{topic}/{group}");

    /// <summary>The sagas and try-confirm-cancel transactions that a service drives.</summary>
    public static QueueName Transactions(FatName service) => new($"{TransactionsKind}/{service}");

    public static bool TryParse([NotNullWhen(true)] string? text, out QueueName name)
    {
        var parts = text?.Split('/') ?? [];
        var kind = parts.Length switch
        {
            2 => parts[0] is CallsKind or TransactionsKind,
            3 => parts[0] is DeliveriesKind,
            _ => false,
        };
        var valid = kind && parts.Skip(1).All(part => FatName.TryParse(part, out _));
        name = valid ? new QueueName(text!) : default;
        return valid;
    }

    public override string ToString() => _text ?? string.Empty;
}
