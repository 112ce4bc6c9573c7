using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fat.Messages;

/// <summary>How messages are written down.</summary>
internal static class MessageFormat
{
    /// <summary>A body keeps its quotes as they are: nothing of this is ever put into a page.</summary>
    public static MessageJson Compact { get; } = new(new JsonSerializerOptions(MessageJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
