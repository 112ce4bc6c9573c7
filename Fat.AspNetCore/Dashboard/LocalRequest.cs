using System.Net;
using Microsoft.AspNetCore.Http;

namespace Fat.AspNetCore.Dashboard;

/// <summary>Tells whether somebody at this very machine asks.</summary>
internal static class LocalRequest
{
    private static readonly string[] Forwarding = ["Forwarded", "Via", "X-Real-IP"];

    /// <summary>What proxies write, and what ASP.NET Core's forwarded-headers middleware leaves of it: then the address is the proxy's, or was told by somebody.</summary>
    private static readonly string[] ForwardingPrefixes = ["X-Forwarded-", "X-Original-"];

    /// <summary>
    /// The connection comes from the loopback address, no proxy has passed the request on, and the name by which it was asked for is this machine's own: a page of another site can give its name this
    /// machine's address, and would then be of one origin with the dashboard.
    /// </summary>
    public static bool Is(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } remote && IsLoopback(remote) && !http.Request.Headers.Keys.Any(IsForwarding) && IsOwnName(http.Request.Host.Host);

    private static bool IsForwarding(string header) =>
        Forwarding.Contains(header, StringComparer.OrdinalIgnoreCase) || Array.Exists(ForwardingPrefixes, prefix => header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    private static bool IsOwnName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host.Trim('[', ']'), out var address) && IsLoopback(address);

    private static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
