namespace Fat;

/// <summary>What is known of a scope when it is entered.</summary>
/// <param name="Name">The method or endpoint, for people: it names the place in reasons, logs and traces.</param>
/// <param name="Attribute">The declaration: counts, answer mode, time-out.</param>
/// <param name="RemoteData">The fields that came with the request, or null or empty for a root.</param>
public sealed record FatScopeRequest(
    string Name,
    FatServiceRegisterAttribute Attribute,
    IReadOnlyDictionary<string, string>? RemoteData = null);
