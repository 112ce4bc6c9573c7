using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Fat.Dashboard.Tests.Browsing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Playwright;

namespace Fat.Dashboard.Tests.EndToEnd;

/// <summary>Who is not let in sees nothing: by a policy where there is one, else from other machines.</summary>
public sealed class AccessTests(Chromium chromium)
{
    private const string UserHeader = "test-user";

    [Fact]
    public async Task Whoever_does_not_meet_the_policy_is_refused()
    {
        await using var app = await StartAsync(options => options.RequireAuthorization("operators"));
        var page = await chromium.Browser.NewPageAsync();

        Assert.Equal(401, await StatusAsync(page, DashboardOf(app)));
        await page.SetExtraHTTPHeadersAsync([new(UserHeader, "guest")]);
        Assert.Equal(403, await StatusAsync(page, DashboardOf(app)));
        Assert.Equal(0, await page.Locator("main").CountAsync());

        await page.SetExtraHTTPHeadersAsync([new(UserHeader, "ada")]);
        Assert.Equal(200, await StatusAsync(page, DashboardOf(app)));
        await Assertions.Expect(page.Locator("[data-test='user']")).ToHaveTextAsync("ada");
        await page.CloseAsync();
    }

    [Fact]
    public async Task Who_is_signed_out_meanwhile_reads_so()
    {
        await using var app = await StartAsync(options => options.RequireAuthorization("operators"));
        var page = await chromium.Browser.NewPageAsync();
        await page.SetExtraHTTPHeadersAsync([new(UserHeader, "ada")]);
        await page.GotoAsync(new Uri(DashboardOf(app), "#/instances").AbsoluteUri);
        await page.Locator("h1").WaitForAsync();

        await page.SetExtraHTTPHeadersAsync([new(UserHeader, "guest")]);
        await page.Locator("[data-test='refresh']").ClickAsync();

        await Assertions.Expect(page.Locator("[data-test='error']")).ToContainTextAsync("Not allowed");
        await page.CloseAsync();
    }

    [Fact]
    public async Task Without_a_policy_a_request_that_a_proxy_passed_on_is_refused()
    {
        await using var app = await StartAsync(_ => { });
        var page = await chromium.Browser.NewPageAsync();
        Assert.Equal(200, await StatusAsync(page, DashboardOf(app)));

        await page.SetExtraHTTPHeadersAsync([new("X-Forwarded-For", "203.0.113.7")]);
        Assert.Equal(403, await StatusAsync(page, DashboardOf(app)));
        await page.CloseAsync();
    }

    [Fact]
    public async Task A_read_only_dashboard_says_so()
    {
        await using var app = await StartAsync(options => options.ReadOnly = true);
        await using var visit = await Visit.OpenAsync(chromium, DashboardOf(app), "instances");

        await Assertions.Expect(visit.Find("read-only")).ToBeVisibleAsync();
    }

    private static async Task<int> StatusAsync(IPage page, Uri address)
    {
        var answer = await page.RunAndWaitForResponseAsync(
            async () =>
            {
                try
                {
                    await page.GotoAsync(address.AbsoluteUri);
                }
                catch (PlaywrightException exception) when (exception.Message.Contains("ERR_HTTP_RESPONSE_CODE_FAILURE", StringComparison.Ordinal))
                {
                    // A refusal without a body: the browser shows a page of its own.
                }
            },
            answer => answer.Url == address.AbsoluteUri);
        return answer.Status;
    }

    private static Uri DashboardOf(WebApplication app) => new(new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()), "/under/fat/");

    private static async Task<WebApplication> StartAsync(Action<FatDashboardOptions> options)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
        builder.Services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, HeaderScheme>("test", null);
        builder.Services.AddAuthorizationBuilder().AddPolicy("operators", policy => policy.RequireUserName("ada"));
        builder.Services.AddFat(settings => settings.ServiceName = "shop").UseInMemoryRegistry();
        var app = builder.Build();
        app.UsePathBase("/under");
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapFatDashboard("/fat", options);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    /// <summary>Believes the header.</summary>
    private sealed class HeaderScheme(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
            Request.Headers[UserHeader].ToString() is { Length: > 0 } user
                ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, user)], "test")), "test"))
                : AuthenticateResult.NoResult());
    }
}
