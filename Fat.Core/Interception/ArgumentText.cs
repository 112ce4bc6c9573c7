using System.Reflection;
using System.Text;
using System.Text.Json;

namespace Fat.Interception;

/// <summary>The arguments of a call as a JSON object by the names of the parameters; cancellation tokens are left out.</summary>
internal static class ArgumentText
{
    /// <exception cref="Exception">Some argument cannot be written, for whatever reason its type has, or they are larger than is allowed.</exception>
    public static string Write(IReadOnlyList<ParameterInfo> parameters, IReadOnlyList<object?> arguments, JsonSerializerOptions options, int limit)
    {
        var text = new LimitedBuffer(limit);
        using (var writer = new Utf8JsonWriter(text))
        {
            writer.WriteStartObject();
            foreach (var parameter in parameters.Where(IsWritten))
            {
                writer.WritePropertyName(parameter.Name!);
                JsonSerializer.Serialize(writer, arguments[parameter.Position], parameter.ParameterType, options);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.Written);
    }

    /// <summary>Another version of the service may have written them: what it did not know has its default.</summary>
    /// <exception cref="Exception">Some argument cannot be read, for whatever reason its type has, or is missing.</exception>
    public static object?[] Read(string text, IReadOnlyList<ParameterInfo> parameters, CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse(text);
        var arguments = new object?[parameters.Count];
        foreach (var parameter in parameters)
        {
            arguments[parameter.Position] = !IsWritten(parameter) ? cancellationToken
                : document.RootElement.TryGetProperty(parameter.Name!, out var value) ? value.Deserialize(parameter.ParameterType, ArgumentJson.Exact)
                : parameter.HasDefaultValue ? parameter.DefaultValue
                : throw new JsonException($"There is no argument '{parameter.Name}'.");
        }

        return arguments;
    }

    private static bool IsWritten(ParameterInfo parameter) => parameter.ParameterType != typeof(CancellationToken);
}
