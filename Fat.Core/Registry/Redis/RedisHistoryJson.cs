using System.Text.Json.Serialization;

namespace Fat.Registry.Redis;

/// <summary>What a root tells of its group. The end is in the record's first line.</summary>
internal sealed record PastGroupJson
{
    [JsonPropertyName("i")]
    public required string Instance { get; init; }

    [JsonPropertyName("m")]
    public required string Method { get; init; }

    /// <summary>When it began, in microseconds since 1970.</summary>
    [JsonPropertyName("t")]
    public required long Began { get; init; }

    [JsonPropertyName("n")]
    public required int Branches { get; init; }

    /// <summary>Service, method and reason.</summary>
    [JsonPropertyName("a")]
    public string[]? Abort { get; init; }
}

/// <summary>What a process tells of a branch.</summary>
internal sealed record PastBranchJson
{
    [JsonPropertyName("b")]
    public required string Branch { get; init; }

    [JsonPropertyName("i")]
    public required string Instance { get; init; }

    [JsonPropertyName("m")]
    public required string Method { get; init; }

    [JsonPropertyName("d")]
    public required string Database { get; init; }

    /// <summary>As in the record of a group.</summary>
    [JsonPropertyName("v")]
    public required string Vote { get; init; }

    /// <summary>c or r; missing when it obeyed none.</summary>
    [JsonPropertyName("o")]
    public string? Decision { get; init; }

    /// <summary>Enlisted, in microseconds since 1970; then after how many it had voted, was told the decision, had obeyed: null for what did not happen.</summary>
    [JsonPropertyName("t")]
    public required long?[] Times { get; init; }

    [JsonPropertyName("f")]
    public string? Failure { get; init; }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PastGroupJson))]
[JsonSerializable(typeof(PastBranchJson))]
internal sealed partial class RedisHistoryJson : JsonSerializerContext;
