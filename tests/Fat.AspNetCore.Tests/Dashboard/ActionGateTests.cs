using System.Net;
using System.Net.Http.Headers;

namespace Fat.AspNetCore.Tests.Dashboard;

/// <summary>What an action has to pass. Every refusal asserts that nothing was done.</summary>
public sealed class ActionGateTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Every() => new(Actions.All);

    [Theory]
    [MemberData(nameof(Every))]
    public async Task An_action_with_the_token_and_the_cookie_is_done(string action)
    {
        await using var app = await DashboardApp.StartAsync();

        using var answer = await app.ActAsync(action, await Actions.BodyAsync(app, action));

        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Stop));
        Assert.NotEmpty(app.Desk.Done);
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task A_token_that_is_missing_forged_or_somebody_elses_is_refused(string action)
    {
        await using var app = await DashboardApp.StartWithUsersAsync();
        using var ada = app.NewClient("ada");
        using var eve = app.NewClient("eve");
        var body = await Actions.BodyAsync(app, action, ada);
        var adas = await app.TokenAsync(ada);
        var eves = await app.TokenAsync(eve);

        Assert.Contains("X-Fat-Token", (await app.RefusesAsync(HttpStatusCode.Forbidden, DashboardApp.Post(action, body, null), ada))["detail"], StringComparison.Ordinal);
        foreach (var token in new[] { "forged", "%%%", new string('A', 3000), eves, adas[..^2], (adas[0] == 'A' ? 'B' : 'A') + adas[1..] })
            await app.RefusesAsync(HttpStatusCode.Forbidden, DashboardApp.Post(action, body, token), ada);

        // Ada's token without her cookie, and with Eve's.
        using var bare = app.NewClient("ada");
        Assert.Contains("cookie", (await app.RefusesAsync(HttpStatusCode.Forbidden, DashboardApp.Post(action, body, adas), bare))["detail"], StringComparison.Ordinal);
        await app.TokenAsync(bare);
        await app.RefusesAsync(HttpStatusCode.Forbidden, DashboardApp.Post(action, body, adas), bare);

        // Ada's cookie and token, used by Eve.
        var cookie = await CookieAsync(app, "ada");
        using var stolen = DashboardApp.Post(action, body, cookie.Token);
        stolen.Headers.Add("Cookie", cookie.Header);
        using var clean = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = app.Root };
        clean.DefaultRequestHeaders.Add(DashboardApp.UserHeader, "eve");
        await app.RefusesAsync(HttpStatusCode.Forbidden, stolen, clean);
    }

    [Fact]
    public async Task The_token_of_another_process_is_refused()
    {
        await using var app = await DashboardApp.StartAsync();
        await using var other = await DashboardApp.StartAsync();
        var body = await Actions.BodyAsync(app, Actions.Close);

        // The cookie is the same: cookies do not tell ports apart.
        var (token, header) = await CookieAsync(other, null);
        using var request = DashboardApp.Post(Actions.Close, body, token);
        request.Headers.Add("Cookie", header);
        using var clean = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = app.Root };
        await app.RefusesAsync(HttpStatusCode.Forbidden, request, clean);
    }

    [Fact]
    public async Task The_cookie_is_for_this_folder_and_out_of_reach_of_scripts_and_other_sites()
    {
        await using var app = await DashboardApp.StartAsync();

        using var answer = await app.Client.GetAsync(DashboardApp.At("api/session"), Stop);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith("fat-dashboard=", cookie, StringComparison.Ordinal);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("path=", cookie, StringComparison.OrdinalIgnoreCase);

        // Kept: another tab must not take it away from this one.
        using var again = await app.Client.GetAsync(DashboardApp.At("api/session"), Stop);
        Assert.False(again.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Sec-Fetch-Site", "anything")]
    [InlineData("Origin", "https://attacker.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://127.0.0.1")]
    [InlineData("Origin", "http://127.0.0.1.attacker.example")]
    public async Task A_page_of_another_site_is_refused_even_with_the_token(string header, string value)
    {
        await using var app = await DashboardApp.StartAsync();

        foreach (var action in Actions.All)
        {
            using var request = DashboardApp.Post(action, await Actions.BodyAsync(app, action), await app.TokenAsync());
            request.Headers.Add(header, value);
            await app.RefusesAsync(HttpStatusCode.Forbidden, request);
        }
    }

    [Fact]
    public async Task The_page_itself_is_not_another_site()
    {
        await using var app = await DashboardApp.StartAsync();
        using var request = DashboardApp.Post(Actions.Close, await Actions.BodyAsync(app, Actions.Close), await app.TokenAsync());
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        request.Headers.Add("Origin", app.Root.GetLeftPart(UriPartial.Authority));

        using var answer = await app.Client.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/problem+json")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData(null)]
    public async Task Only_JSON_is_read(string? contentType)
    {
        await using var app = await DashboardApp.StartAsync();

        foreach (var action in Actions.All)
        {
            using var request = DashboardApp.Post(action, await Actions.BodyAsync(app, action), await app.TokenAsync());
            request.Content!.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
            await app.RefusesAsync(HttpStatusCode.UnsupportedMediaType, request);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_that_is_too_large_is_refused(bool chunked)
    {
        await using var app = await DashboardApp.StartAsync();

        foreach (var action in Actions.All)
        {
            var body = await Actions.BodyAsync(app, action);
            using var request = DashboardApp.Post(action, body + new string(' ', 16 * 1024), await app.TokenAsync());
            request.Headers.TransferEncodingChunked = chunked;
            await app.RefusesAsync(HttpStatusCode.RequestEntityTooLarge, request);
        }

        var fits = await Actions.BodyAsync(app, Actions.Close);
        using var answer = await app.ActAsync(Actions.Close, fits + new string(' ', 16 * 1024 - fits.Length));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_dashboard_that_is_read_only_does_nothing_and_says_so()
    {
        await using var app = await DashboardApp.StartAsync(options => options.ReadOnly = true);
        Assert.True((await app.GetAsync("api/session")).GetProperty("readOnly").GetBoolean());

        foreach (var action in Actions.All)
        {
            var problem = await app.RefusesAsync(HttpStatusCode.Forbidden, DashboardApp.Post(action, await Actions.BodyAsync(app, action), await app.TokenAsync()));
            Assert.Contains("read-only", problem["detail"], StringComparison.Ordinal);
        }
    }

    private static async Task<(string Token, string Header)> CookieAsync(DashboardApp app, string? user)
    {
        using var client = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = app.Root };
        if (user is not null)
            client.DefaultRequestHeaders.Add(DashboardApp.UserHeader, user);
        using var answer = await client.GetAsync(DashboardApp.At("api/session"), Stop);
        var session = System.Text.Json.JsonElement.Parse(await answer.Content.ReadAsStringAsync(Stop));
        return (session.GetProperty("token").GetString()!, answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
    }
}
