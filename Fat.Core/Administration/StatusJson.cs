using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fat.Administration;

/// <summary>How a process says that it is, as JSON. What cannot be read (another version's) counts as not said.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FatInstanceStatus))]
internal sealed partial class StatusJson : JsonSerializerContext
{
    public static FatInstanceStatus? Read(string? text)
    {
        try
        {
            return text is null ? null : JsonSerializer.Deserialize(text, Default.FatInstanceStatus);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
