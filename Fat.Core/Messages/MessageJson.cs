using System.Text.Json.Serialization;

namespace Fat.Messages;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(MessageDocument))]
[JsonSerializable(typeof(DeliveryHead))]
[JsonSerializable(typeof(CallWork))]
internal sealed partial class MessageJson : JsonSerializerContext;
