using System.Text.Json.Serialization;

namespace Fat.Dtm;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(DtmTransaction))]
[JsonSerializable(typeof(DtmCustomData))]
internal sealed partial class DtmJson : JsonSerializerContext;
