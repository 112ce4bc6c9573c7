using Fat;

namespace Wire;

/// <summary>Tells Fat which group the message that is being handled belongs to, and takes what goes back with the answer.</summary>
public sealed class WireRemoteData : ICustomRemoteDataAdapter
{
    private static readonly AsyncLocal<Handling?> Current = new();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string>? Read() => Current.Value?.Fields;

    /// <inheritdoc/>
    public bool Reply(IReadOnlyDictionary<string, string> reply)
    {
        if (Current.Value is not { } handling)
            return false;
        handling.Reply = reply;
        return true;
    }

    /// <summary>Begins to handle a message in the current asynchronous flow.</summary>
    internal static Handling Begin(WireMessage message) => Current.Value = new Handling(message.Fields);

    internal sealed class Handling(IReadOnlyDictionary<string, string>? fields)
    {
        public IReadOnlyDictionary<string, string>? Fields => fields;

        public IReadOnlyDictionary<string, string>? Reply { get; set; }
    }
}
