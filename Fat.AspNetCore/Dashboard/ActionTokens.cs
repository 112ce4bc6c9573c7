using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.AspNetCore.Dashboard;

/// <summary>
/// The token that every action needs, which another site's page cannot read. It is bound to a cookie, which that page could make a browser send, and to the user. Thread-safe.
/// </summary>
internal sealed class ActionTokens(IServiceProvider services)
{
    public const string Header = "X-Fat-Token";
    public const string Cookie = "fat-dashboard";

    private const int CookieBytes = 32;
    private const int LongestToken = 2048;

    /// <summary>The application's own keys where it has some, so that instances that share them accept each other's tokens; else this process's.</summary>
    private readonly Lazy<IDataProtector> _protector =
        new(() => (services.GetService<IDataProtectionProvider>() ?? new EphemeralDataProtectionProvider()).CreateProtector("Fat.AspNetCore.Dashboard"));

    /// <summary>A token for this user and the cookie that he has, or gets now.</summary>
    public string Issue(HttpContext http, Operator who)
    {
        // Cookies do not tell ports apart: several services of one machine share it, each with tokens of its own.
        if (http.Request.Cookies[Cookie] is not { } cookie || !IsCookie(cookie))
        {
            cookie = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(CookieBytes));

            // Without a path it belongs to the folder of this request, as the browser sees it: also where a proxy has changed the path.
            http.Response.Cookies.Append(Cookie, cookie, new CookieOptions { Path = null, HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = http.Request.IsHttps, IsEssential = true });
        }

        return Base64Url.EncodeToString(_protector.Value.Protect(Bound(cookie, who)));
    }

    /// <exception cref="RefusedRequestException">There is no token, or it is not this user's or not this cookie's.</exception>
    public void Check(HttpContext http, Operator who)
    {
        var token = http.Request.Headers[Header].ToString();
        if (token.Length == 0)
            throw Refusal.NotAllowed.Because($"The header {Header} is missing. api/session gives the token.");
        if (http.Request.Cookies[Cookie] is not { } cookie || !IsCookie(cookie))
            throw Refusal.NotAllowed.Because($"The cookie {Cookie} is missing. api/session sets it.");
        if (token.Length > LongestToken || !Base64Url.IsValid(token) || !IsBound(token, Bound(cookie, who)))
            throw Refusal.NotAllowed.Because("The token is not this user's, or of another session. Load the page again.");
    }

    private bool IsBound(string token, byte[] expected)
    {
        try
        {
            return CryptographicOperations.FixedTimeEquals(_protector.Value.Unprotect(Base64Url.DecodeFromChars(token)), expected);
        }
        catch (CryptographicException)
        {
            // Forged, or made with a key that is gone: refused either way.
            return false;
        }
    }

    private static bool IsCookie(string text) => Base64Url.IsValid(text, out var length) && length == CookieBytes;

    private static byte[] Bound(string cookie, Operator who) => Encoding.UTF8.GetBytes($"{cookie}\n{who.Key}");
}
