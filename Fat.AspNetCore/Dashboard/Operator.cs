using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Fat.AspNetCore.Dashboard;

/// <summary>Who asks.</summary>
/// <param name="Name">As it is shown and recorded: 1 to 200 characters.</param>
/// <param name="Key">Different for different users, also those of one name; empty when nobody has signed in.</param>
internal sealed record Operator(string Name, string Key)
{
    private const int LongestName = 200;

    /// <summary>What tells users apart, the surest first.</summary>
    private static readonly string[] Identifying = [ClaimTypes.NameIdentifier, "sub", ClaimTypes.Upn, "preferred_username", ClaimTypes.Name, "name"];

    public static Operator Of(HttpContext http)
    {
        if (http.User.Identities.FirstOrDefault(identity => identity.IsAuthenticated) is not { } identity)
            return new Operator(LocalRequest.Is(http) ? "local" : Shown($"anonymous at {http.Connection.RemoteIpAddress}"), string.Empty);
        var claim = Identifying.Select(identity.FindFirst).FirstOrDefault(found => found is not null);
        return new Operator(Shown(identity.Name ?? claim?.Value ?? "unnamed"), KeyOf(identity, claim));
    }

    private static string KeyOf(ClaimsIdentity identity, Claim? claim)
    {
        IEnumerable<Claim> claims = claim is not null ? [claim] : identity.Claims.OrderBy(found => found.Type, StringComparer.Ordinal).ThenBy(found => found.Value, StringComparer.Ordinal);
        var text = string.Join('\n', claims.Select(found => $"{found.Issuer}\n{found.Type}\n{found.Value}").Prepend(identity.AuthenticationType));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private static string Shown(string name)
    {
        var clean = string.Concat(name.Select(character => char.IsControl(character) ? ' ' : character)).Trim();
        return clean.Length switch
        {
            0 => "unnamed",
            > LongestName => clean[..LongestName],
            _ => clean,
        };
    }
}
