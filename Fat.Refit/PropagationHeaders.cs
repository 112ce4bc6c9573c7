using System.Net.Http.Headers;

namespace Fat.Refit;

/// <summary>The fields of a call as HTTP headers.</summary>
internal static class PropagationHeaders
{
    private static readonly Dictionary<string, string> NoReply = [];

    public static void Set(HttpRequestHeaders headers, IReadOnlyDictionary<string, string> fields)
    {
        // Left by another call with the same message: it does not fit this one's context, which may be unsigned.
        headers.Remove(FatRemoteFields.Signature);
        headers.Remove(FatRemoteFields.Unjoined);
        foreach (var (name, value) in fields)
        {
            // HttpClient tells of its own span, which stands between this one and the called service's.
            if (name == FatRemoteFields.Trace)
                continue;
            headers.Remove(name);
            headers.TryAddWithoutValidation(name, value);
        }
    }

    /// <summary>The reply field, or nothing. One that came several times is handed on as one that cannot be read.</summary>
    public static IReadOnlyDictionary<string, string> Reply(HttpResponseHeaders headers) =>
        headers.TryGetValues(FatRemoteFields.Reply, out var values)
            ? new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { [FatRemoteFields.Reply] = string.Join(", ", values) }
            : NoReply;

    /// <summary>The address of the instance that answered, if it tells one.</summary>
    public static string? Address(HttpResponseHeaders headers) =>
        headers.TryGetValues(FatRemoteFields.Address, out var values) ? values.FirstOrDefault() : null;

    public static bool IsNotAParticipant(IReadOnlyDictionary<string, string> reply) =>
        reply.TryGetValue(FatRemoteFields.Reply, out var value) && value == FatRemoteFields.NotAParticipant;
}
