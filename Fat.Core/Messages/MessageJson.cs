using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fat.Messages;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(MessageDocument))]
[JsonSerializable(typeof(DeliveryHead))]
[JsonSerializable(typeof(CallWork))]
internal sealed partial class MessageJson : JsonSerializerContext
{
    /// <summary>A body keeps its quotes as they are: nothing of this is ever put into a page.</summary>
    public static MessageJson Compact { get; } = new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
