using Microsoft.AspNetCore.Http;

namespace Fat.AspNetCore;

/// <summary>Takes the transaction context out of a request's headers.</summary>
internal static class RequestHeaders
{
    private static readonly string[] Names = [FatRemoteFields.Context, FatRemoteFields.Signature, FatRemoteFields.Unjoined];

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

    /// <summary>The caller is inside a group, or handles a call from inside one without a part in it.</summary>
    public static bool AreFromInside(IHeaderDictionary headers) => headers.ContainsKey(FatRemoteFields.Context) || headers.ContainsKey(FatRemoteFields.Unjoined);

    /// <summary>For an endpoint that takes no part, as they came: whether they can be read does not matter there.</summary>
    public static IReadOnlyDictionary<string, string> Unread(IHeaderDictionary headers)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in Names)
        {
            if (headers.TryGetValue(name, out var values))
                fields[name] = values.ToString();
        }

        return fields;
    }
}
