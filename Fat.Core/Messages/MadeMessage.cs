using Fat.Protocol;
using Fat.Registry;

namespace Fat.Messages;

/// <summary>A message that is complete, and where its row belongs.</summary>
internal sealed record MadeMessage(MessageId Id, MessageDocument Document, string Text, MessageRows Rows)
{
    /// <summary>The <c>reason</c> of its row while it is under way.</summary>
    public string Reason => ReasonOf(Document.Service);

    public MessageOrigin Origin => new(Rows.Database.Name, Text);

    /// <summary>Whether a row is this one's, and not that of another attempt under the same id. One that has ended does not tell.</summary>
    public bool Has(MessageRow row) => Id.IsOwn || (Document.Attempt is { } attempt && MessageDocument.Read(row.Payload)?.Attempt == attempt);

    public static string ReasonOf(string service) => "msg:" + service;
}
