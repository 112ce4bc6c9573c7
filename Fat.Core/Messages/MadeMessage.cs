using Fat.Protocol;
using Fat.Registry;

namespace Fat.Messages;

/// <summary>A message that is complete, and where its row belongs.</summary>
internal sealed record MadeMessage(MessageId Id, MessageDocument Document, string Text, MessageRows Rows)
{
    /// <summary>The <c>reason</c> of its row while it is under way.</summary>
    public string Reason => ReasonOf(Document.Service);

    public MessageOrigin Origin => new(Rows.Database.Name, Text);

    public static string ReasonOf(string service) => "msg:" + service;
}
