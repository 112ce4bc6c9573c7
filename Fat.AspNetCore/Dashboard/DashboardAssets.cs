using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Fat.AspNetCore.Dashboard;

/// <summary>What is embedded in this assembly: the page, its scripts and styles, and the description of the API.</summary>
internal static class DashboardAssets
{
    private const string Prefix = "Fat.Dashboard/";
    private const string Page = "Assets/index.html";
    private const string Description = "openapi.json";

    private static readonly Dictionary<string, string> ContentTypes = new(StringComparer.Ordinal)
    {
        [".css"] = "text/css; charset=utf-8",
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".json"] = "application/json",
        [".png"] = "image/png",
        [".svg"] = "image/svg+xml",
        [".woff2"] = "font/woff2",
    };

    private static readonly FrozenDictionary<string, Asset> All = typeof(DashboardAssets).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToFrozenDictionary(name => name[Prefix.Length..].Replace('\\', '/'), Read, StringComparer.Ordinal);

    /// <summary>
    /// The page, at an address that ends with a slash: everything in it is relative to that. Without the slash the browser is sent there, by an address that is relative too, since a proxy may have changed the path.
    /// </summary>
    public static Task WritePageAsync(HttpContext http)
    {
        var path = http.Request.PathBase.Add(http.Request.Path).ToUriComponent();
        if (path.EndsWith('/'))
            return WriteAsync(http, All[Page]);
        http.Response.StatusCode = StatusCodes.Status302Found;
        http.Response.Headers.Location = $"./{path[(path.LastIndexOf('/') + 1)..]}/{http.Request.QueryString.ToUriComponent()}";
        return Task.CompletedTask;
    }

    public static Task WriteDescriptionAsync(HttpContext http) => WriteAsync(http, All[Description]);

    /// <summary>Browsers keep it and ask each time whether it is still that.</summary>
    public static Task WriteAsync(HttpContext http, string name)
    {
        if ($"Assets/{name}" is var path && path == Page || !All.TryGetValue(path, out var asset))
            throw Refusal.Unknown.Because("There is no such file.");
        var headers = http.Response.GetTypedHeaders();
        headers.CacheControl = new CacheControlHeaderValue { NoCache = true };
        headers.ETag = asset.Tag;
        if (!http.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(asset.Tag, useStrongComparison: false) || known.Equals(EntityTagHeaderValue.Any)))
            return WriteAsync(http, asset);
        http.Response.StatusCode = StatusCodes.Status304NotModified;
        return Task.CompletedTask;
    }

    private static async Task WriteAsync(HttpContext http, Asset asset)
    {
        http.Response.ContentType = asset.ContentType;
        http.Response.ContentLength = asset.Bytes.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
            await http.Response.Body.WriteAsync(asset.Bytes, http.RequestAborted).ConfigureAwait(false);
    }

    private static Asset Read(string name)
    {
        using var stream = typeof(DashboardAssets).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\"");
        return new Asset(bytes, ContentTypes.GetValueOrDefault(Path.GetExtension(name), "application/octet-stream"), tag);
    }

    private sealed record Asset(byte[] Bytes, string ContentType, EntityTagHeaderValue Tag);
}
