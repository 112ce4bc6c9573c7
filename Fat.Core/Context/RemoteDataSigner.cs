using System.Security.Cryptography;
using System.Text;

namespace Fat.Context;

/// <summary>
/// Writes and checks the request fields. With a key, the context is signed with HMAC-SHA256 over its exact text, so that
/// strangers who reach a service cannot join or abort a group. More keys may be accepted than the one that signs, so that keys can be changed
/// one process after the other.
/// </summary>
internal sealed class RemoteDataSigner(string? signingKey, IEnumerable<string>? acceptedKeys = null)
{
    private readonly byte[]? _key = signingKey is null ? null : Encoding.UTF8.GetBytes(signingKey);
    private readonly byte[][] _accepted = [.. signingKey is null ? [] : (acceptedKeys ?? []).Prepend(signingKey).Distinct(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes)];

    public Dictionary<string, string> Write(RemoteContext context)
    {
        var text = context.Format();
        var fields = new Dictionary<string, string>(2, StringComparer.OrdinalIgnoreCase) { [FatRemoteFields.Context] = text };
        if (_key is not null)
            fields[FatRemoteFields.Signature] = Sign(_key, text);
        return fields;
    }

    /// <summary>Null when the fields carry no context.</summary>
    /// <exception cref="FatRemoteDataException">The context is malformed, too long, or not signed as required.</exception>
    public RemoteContext? Read(IReadOnlyDictionary<string, string>? fields)
    {
        if (fields is null || Find(fields, FatRemoteFields.Context) is not { } text)
            return null;
        if (text.Length > FatRemoteFields.MaxLength)
            throw new FatRemoteDataException($"{FatRemoteFields.Context} has {text.Length} characters; {FatRemoteFields.MaxLength} are allowed.");
        if (_key is not null)
            CheckSignature(text, Find(fields, FatRemoteFields.Signature));
        if (!RemoteContext.TryParse(text, out var context, out var problem))
            throw new FatRemoteDataException($"{FatRemoteFields.Context} cannot be read: {problem}.");
        return context;
    }

    /// <summary>Field names are header names: their case does not matter.</summary>
    public static string? Find(IReadOnlyDictionary<string, string> fields, string name)
    {
        if (fields.TryGetValue(name, out var value))
            return value;
        foreach (var field in fields)
        {
            if (string.Equals(field.Key, name, StringComparison.OrdinalIgnoreCase))
                return field.Value;
        }

        return null;
    }

    private void CheckSignature(string text, string? signature)
    {
        if (signature is null)
            throw new FatRemoteDataException($"{FatRemoteFields.Context} is not signed, and this service requires a signature (Fat:SigningKey).");
        var given = Encoding.UTF8.GetBytes(signature);
        foreach (var key in _accepted)
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Sign(key, text)), given))
                return;
        }

        throw new FatRemoteDataException($"{FatRemoteFields.Signature} does not fit {FatRemoteFields.Context}: the services' Fat:SigningKey differ, or the request was altered.");
    }

    private static string Sign(byte[] key, string text) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
}
