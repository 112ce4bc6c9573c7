using Microsoft.AspNetCore.Http;

namespace Fat.AspNetCore;

/// <summary>Takes the transaction context out of a request's headers.</summary>
internal static class RequestHeaders
{
    private static readonly string[] Names = [FatRemoteFields.Context, FatRemoteFields.Signature];

    /// <summary>The fields that came, or null when none did.</summary>
    /// <exception cref="FatRemoteDataException">A field came twice or is too long.</exception>
    public static IReadOnlyDictionary<string, string>? Read(IHeaderDictionary headers)
    {
        Dictionary<string, string>? fields = null;
        foreach (var name in Names)
        {
            if (!headers.TryGetValue(name, out var values) || values.Count == 0)
                continue;
            if (values.Count > 1)
                throw new FatRemoteDataException($"The header {name} came {values.Count} times; it may come once.");
            var value = values[0] ?? string.Empty;
            if (value.Length > FatRemoteFields.MaxLength)
                throw new FatRemoteDataException($"The header {name} has {value.Length} characters; it may have {FatRemoteFields.MaxLength}.");
            fields ??= new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            fields[name] = value;
        }

        return fields;
    }
}
