using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Fat.Refit;

/// <summary>
/// Which instance of a service answered a scope's first call: later calls of the scope go there, so that they can share its transaction. Kept for
/// as long as the scope's context is. Thread-safe.
/// </summary>
internal static class InstancePins
{
    private static readonly ConditionalWeakTable<FatContext, ConcurrentDictionary<string, Uri>> Pins = [];

    /// <summary>Sends the request to the instance that answered before, if one did. The service's name stays in the Host header, for whoever looks at it.</summary>
    public static void Follow(FatContext group, HttpRequestMessage request, string service)
    {
        if (!Pins.TryGetValue(group, out var pins) || !pins.TryGetValue(service, out var instance) || request.RequestUri is not { } address)
            return;
        request.Headers.Host ??= address.Authority;
        request.RequestUri = new UriBuilder(address) { Host = instance.Host, Port = instance.Port }.Uri;
    }

    /// <summary>The service that a request is for, as its caller knows it; null when it is for none that could be pinned.</summary>
    public static string? ServiceOf(HttpRequestMessage request) =>
        request.RequestUri is { IsAbsoluteUri: true } address ? address.GetLeftPart(UriPartial.Authority) : null;

    /// <summary>The first instance stays. One that another scheme leads to is not followed: a secret would travel in the open.</summary>
    public static void Remember(FatContext group, string service, string? instance)
    {
        if (TryParse(instance, out var address) && service.StartsWith(address.Scheme + Uri.SchemeDelimiter, StringComparison.OrdinalIgnoreCase))
            Pins.GetOrCreateValue(group).TryAdd(service, address);
    }

    private static bool TryParse(string? text, [NotNullWhen(true)] out Uri? address) =>
        Uri.TryCreate(text, UriKind.Absolute, out address) && address is { PathAndQuery: "/", UserInfo: "" };
}
