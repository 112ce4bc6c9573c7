using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Fat.AspNetCore.Tests.Dashboard;

/// <summary>What every answer says to browsers; the page and its files; where the dashboard may stand.</summary>
public sealed class HeaderTests
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>One of the files that the page brings, whatever it is called.</summary>
    private static string SomeAsset => typeof(FatDashboardEndpointExtensions).Assembly.GetManifestResourceNames()
        .First(name => name.StartsWith("Fat.Dashboard/Assets/", StringComparison.Ordinal) && !name.EndsWith("index.html", StringComparison.Ordinal))["Fat.Dashboard/Assets/".Length..];

    [Fact]
    public async Task Every_answer_forbids_what_the_page_does_not_need()
    {
        await using var app = await DashboardApp.StartAsync();
        foreach (var endpoint in app.Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>() is not null))
        {
            var address = endpoint.RoutePattern.RawText!["/fat".Length..].TrimStart('/').Replace("{gid}", Known.Gid, StringComparison.Ordinal).Replace("{branch}", Known.Branch, StringComparison.Ordinal)
                .Replace("{**name}", SomeAsset, StringComparison.Ordinal);
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head, HttpMethod.Post, HttpMethod.Delete, HttpMethod.Options })
                await SaysAsync(app, new HttpRequestMessage(method, DashboardApp.At(address)), null);
        }

        await SaysAsync(app, new HttpRequestMessage(HttpMethod.Get, app.Root.AbsoluteUri.TrimEnd('/')), HttpStatusCode.Redirect);
        await SaysAsync(app, new HttpRequestMessage(HttpMethod.Get, DashboardApp.At("assets/none.js")), HttpStatusCode.NotFound);
        await SaysAsync(app, new HttpRequestMessage(HttpMethod.Get, DashboardApp.At("api/groups?limit=0")), HttpStatusCode.BadRequest);
        app.Desk.RegistryIsAway = true;
        await SaysAsync(app, new HttpRequestMessage(HttpMethod.Get, DashboardApp.At("api/instances")), HttpStatusCode.ServiceUnavailable);
        app.Desk.Details = null!;
        await SaysAsync(app, new HttpRequestMessage(HttpMethod.Get, DashboardApp.At("api/in-doubt")), HttpStatusCode.InternalServerError);
        await SaysAsync(app, new HttpRequestMessage(HttpMethod.Get, DashboardApp.At("")) { Headers = { { DashboardApp.RemoteHeader, "10.1.2.3" } } }, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task The_page_is_served_at_the_slash_and_whoever_leaves_it_out_is_sent_there()
    {
        await using var app = await DashboardApp.StartAsync();

        using var page = await app.Client.GetAsync(app.Root, Stop);
        Assert.Equal((HttpStatusCode.OK, "text/html"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType));
        Assert.Equal("no-store", page.Headers.CacheControl?.ToString());
        Assert.StartsWith("<!doctype html>", await page.Content.ReadAsStringAsync(Stop), StringComparison.OrdinalIgnoreCase);

        using var sent = await app.Client.GetAsync(new Uri(app.Root.AbsoluteUri.TrimEnd('/') + "?a=b"), Stop);
        Assert.Equal((HttpStatusCode.Redirect, "./fat/?a=b"), (sent.StatusCode, sent.Headers.Location?.OriginalString));

        // The browser's address may be another one than ours, behind a proxy.
        Assert.Equal("https://ops.example/tools/fat/", new Uri(new Uri("https://ops.example/tools/fat"), "./fat/").AbsoluteUri);
    }

    [Fact]
    public async Task Files_are_kept_by_the_browser_for_as_long_as_they_are_the_same()
    {
        await using var app = await DashboardApp.StartAsync();
        var address = DashboardApp.At("assets/" + SomeAsset);

        using var first = await app.Client.GetAsync(address, Stop);
        Assert.Equal((HttpStatusCode.OK, "no-cache"), (first.StatusCode, first.Headers.CacheControl?.ToString()));
        var length = (await first.Content.ReadAsByteArrayAsync(Stop)).Length;
        Assert.NotNull(first.Content.Headers.ContentType);

        using var head = await app.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, address), Stop);
        Assert.Equal((HttpStatusCode.OK, (long?)length, 0), (head.StatusCode, head.Content.Headers.ContentLength, (await head.Content.ReadAsByteArrayAsync(Stop)).Length));

        using var same = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using var unchanged = await app.Client.SendAsync(same, Stop);
        Assert.Equal((HttpStatusCode.NotModified, first.Headers.ETag), (unchanged.StatusCode, unchanged.Headers.ETag));

        using var old = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { IfNoneMatch = { new("\"old\"") } } };
        Assert.Equal(HttpStatusCode.OK, (await app.Client.SendAsync(old, Stop)).StatusCode);
    }

    [Fact]
    public async Task Every_file_has_the_type_that_it_is()
    {
        await using var app = await DashboardApp.StartAsync();
        foreach (var name in typeof(FatDashboardEndpointExtensions).Assembly.GetManifestResourceNames().Where(name => name.StartsWith("Fat.Dashboard/Assets/", StringComparison.Ordinal)))
        {
            var asset = name["Fat.Dashboard/Assets/".Length..];
            using var answer = await app.Client.GetAsync(DashboardApp.At(asset == "index.html" ? "" : "assets/" + asset), Stop);
            Assert.Equal(
                (HttpStatusCode.OK, Path.GetExtension(asset) switch { ".html" => "text/html", ".css" => "text/css", ".js" => "text/javascript", ".svg" => "image/svg+xml", ".json" => "application/json", _ => $"a type for {asset}" }),
                (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        }
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("api")]
    [InlineData("api/nothing")]
    [InlineData("api/groups/0193a000-0000-7000-8000-000000000001/nothing")]
    [InlineData("assets")]
    [InlineData("assets/none.js")]
    [InlineData("assets/index.html")]
    [InlineData("assets/../openapi.json")]
    [InlineData("assets/%2e%2e/openapi.json")]
    [InlineData("assets/%2e%2e%2fopenapi.json")]
    public async Task What_is_not_there_is_said_not_to_be(string address)
    {
        await using var app = await DashboardApp.StartAsync();

        Assert.Equal("urn:fat:unknown", (await app.RefusesAsync(HttpStatusCode.NotFound, new HttpRequestMessage(HttpMethod.Get, DashboardApp.At(address))))["type"]);
    }

    [Fact]
    public async Task An_address_that_is_asked_in_another_way_says_in_which_it_can_be()
    {
        await using var app = await DashboardApp.StartAsync();

        foreach (var (method, address, allowed) in new[] { (HttpMethod.Post, "api/overview", "GET"), (HttpMethod.Get, Actions.Force, "POST"), (HttpMethod.Put, "", "GET, HEAD") })
        {
            using var answer = await app.Client.SendAsync(new HttpRequestMessage(method, DashboardApp.At(address)), Stop);
            Assert.Equal((HttpStatusCode.MethodNotAllowed, allowed), (answer.StatusCode, string.Join(", ", answer.Content.Headers.Allow)));
        }
    }

    [Theory]
    [InlineData("/ops/fat", "/ops/fat/", null)]
    [InlineData("/ops/fat", "/base/ops/fat/", "/base")]
    [InlineData("", "/", null)]
    [InlineData("/", "/base/", "/base")]
    public async Task It_stands_wherever_it_is_put(string prefix, string root, string? pathBase)
    {
        await using var app = await DashboardApp.StartAsync(prefix, root, before: web => { if (pathBase is not null) web.UsePathBase(pathBase); });

        Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync(DashboardApp.At(""), Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync(DashboardApp.At("assets/" + SomeAsset), Stop)).StatusCode);
        using var answer = await app.ActAsync(Actions.Close, await Actions.BodyAsync(app, Actions.Close));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        if (root == "/")
            return;
        using var sent = await app.Client.GetAsync(new Uri(app.Root.AbsoluteUri.TrimEnd('/')), Stop);
        Assert.Equal((HttpStatusCode.Redirect, app.Root), (sent.StatusCode, new Uri(new Uri(app.Root.AbsoluteUri.TrimEnd('/')), sent.Headers.Location!)));
    }

    [Fact]
    public async Task Markup_in_names_and_reasons_is_text()
    {
        await using var app = await DashboardApp.StartAsync();
        app.Desk.History = Known.History;

        foreach (var address in new[] { "api/groups", $"api/groups/{Known.Gid}", "api/overview", $"api/messages/{Known.Message}" })
        {
            using var answer = await app.Client.GetAsync(DashboardApp.At(address), Stop);
            Assert.Equal("application/json", answer.Content.Headers.ContentType?.ToString());
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.DoesNotContain("<", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        }

        Assert.Equal($"POST /{Known.Markup}", (await app.GetAsync($"api/groups/{Known.Gid}")).GetProperty("method").GetString());

        // What was asked for comes back in the reason of the refusal.
        using var refused = await app.Client.SendAsync(DashboardApp.Post(Actions.Close, $$"""{"{{Known.Markup}}":1,"version":1,"note":"n"}""", await app.TokenAsync()), Stop);
        var text = await refused.Content.ReadAsStringAsync(Stop);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.DoesNotContain("<", text, StringComparison.Ordinal);
        Assert.Contains(Known.Markup, System.Text.Json.JsonElement.Parse(text).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static async Task SaysAsync(DashboardApp app, HttpRequestMessage request, HttpStatusCode? status)
    {
        using var answer = await app.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        var where = $"{request.Method} {request.RequestUri} {answer.StatusCode}";
        if (status is not null)
            Assert.Equal(status, answer.StatusCode);
        Assert.True(answer.Headers.TryGetValues("Content-Security-Policy", out var policy) && policy.Single() == Policy, where);
        Assert.True(answer.Headers.TryGetValues("X-Content-Type-Options", out var sniff) && sniff.Single() == "nosniff", where);
        Assert.True(answer.Headers.TryGetValues("Referrer-Policy", out var referrer) && referrer.Single() == "no-referrer", where);
        Assert.True(answer.Headers.CacheControl is { NoStore: true } or { NoCache: true }, where);
    }
}
