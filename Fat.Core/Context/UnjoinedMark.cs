namespace Fat.Context;

/// <summary>
/// What a call carries that is made while one from inside a group is handled without a part in it: <c>1;endpoint</c>, percent-encoded, for people. It is not signed:
/// all that it can bring about is that the call which carries it begins no group.
/// </summary>
internal static class UnjoinedMark
{
    private const string Version = "1;";
    private const string Unnamed = "an endpoint that is not named";
    private const int MaxLength = 250;

    public static string Format(string endpoint) =>
        Version + Uri.EscapeDataString(endpoint.Length <= MaxLength ? endpoint : endpoint[..MaxLength]);

    /// <summary>The endpoint that took no part, or null when the fields carry no mark. A context beside it counts alone: with that the call joins its group.</summary>
    public static string? EndpointOf(IReadOnlyDictionary<string, string>? fields)
    {
        if (fields is null || RemoteDataSigner.Find(fields, FatRemoteFields.Context) is not null || RemoteDataSigner.Find(fields, FatRemoteFields.Unjoined) is not { } text)
            return null;
        if (text.Length > FatRemoteFields.MaxLength || !text.StartsWith(Version, StringComparison.Ordinal))
            return Unnamed;

        // Anybody's: it goes into reasons and logs, so it is one line and short.
        var endpoint = Uri.UnescapeDataString(text[Version.Length..]);
        return endpoint.Length is > 0 and <= MaxLength && !endpoint.Any(char.IsControl) ? endpoint : Unnamed;
    }
}
