using System.Net;
using Fat.AspNetCore.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.AspNetCore.Tests.Dashboard;

/// <summary>Who is let in.</summary>
public sealed class AccessTests
{
    private static readonly string[] Addresses = ["", "assets/icon.svg", "api/session", "api/overview", "api/groups", $"api/groups/{Known.Gid}", "api/in-doubt", "api/events", "api/openapi.json", "nothing/here"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DashboardApp.RemoteHeader, "10.1.2.3")]
    [InlineData(DashboardApp.RemoteHeader, "2001:db8::1")]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("x-forwarded-proto", "https")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("X-Original-For", "10.1.2.3")]
    [InlineData("X-Real-IP", "127.0.0.1")]
    [InlineData("Via", "1.1 proxy")]
    [InlineData("Host", "attacker.example")]
    [InlineData("Host", "localhost.attacker.example:5000")]
    public async Task Without_a_policy_whoever_is_elsewhere_is_refused(string header, string value)
    {
        await using var app = await DashboardApp.StartAsync();

        foreach (var address in Addresses)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, DashboardApp.At(address));
            request.Headers.Add(header, value);
            Assert.Equal("urn:fat:not-allowed", (await app.RefusesAsync(HttpStatusCode.Forbidden, request))["type"]);
        }

        // Who has a token, as from a time at which he was here.
        foreach (var action in Actions.All)
        {
            using var request = DashboardApp.Post(action, await Actions.BodyAsync(app, action), await app.TokenAsync());
            request.Headers.Add(header, value);
            await app.RefusesAsync(HttpStatusCode.Forbidden, request);
        }
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("shop.localhost:5000")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]:5000")]
    public async Task Without_a_policy_this_machine_is_answered(string host)
    {
        await using var app = await DashboardApp.StartAsync();

        foreach (var address in new[] { "", "api/session", $"api/groups/{Known.Gid}" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, DashboardApp.At(address));
            request.Headers.Host = host;
            request.Headers.Add(DashboardApp.RemoteHeader, "::ffff:127.0.0.1");
            Assert.Equal(HttpStatusCode.OK, (await app.Client.SendAsync(request, Stop)).StatusCode);
        }

        Assert.Equal("local", (await app.GetAsync("api/session")).GetProperty("user").GetString());
    }

    [Fact]
    public async Task A_policy_holds_off_whoever_it_does_not_know_and_lets_others_in_from_anywhere()
    {
        await using var app = await DashboardApp.StartWithUsersAsync();
        using var guest = app.NewClient("guest");
        using var ada = app.NewClient("ada");
        ada.DefaultRequestHeaders.Add(DashboardApp.RemoteHeader, "10.1.2.3");
        ada.DefaultRequestHeaders.Add("X-Forwarded-For", "10.9.9.9");

        foreach (var address in Addresses)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await app.Client.GetAsync(DashboardApp.At(address), Stop)).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await guest.GetAsync(DashboardApp.At(address), Stop)).StatusCode);
        }

        foreach (var action in Actions.All)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await app.Client.SendAsync(DashboardApp.Post(action, "{}", "token"), Stop)).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await guest.SendAsync(DashboardApp.Post(action, "{}", "token"), Stop)).StatusCode);
        }

        Assert.Empty(app.Desk.Done);
        Assert.Equal(HttpStatusCode.OK, (await ada.GetAsync(app.Root, Stop)).StatusCode);
        Assert.Equal("ada", (await app.GetAsync("api/session", ada)).GetProperty("user").GetString());
        using var done = await app.ActAsync(Actions.Force, await Actions.BodyAsync(app, Actions.Force, ada), ada);
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        Assert.Contains("by ada:", Assert.Single(app.Desk.Done), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_on_the_endpoints_counts_as_one_and_what_is_open_to_all_does_not()
    {
        await using (var app = await DashboardApp.StartAsync(conventions: endpoints => endpoints.RequireAuthorization("operators")))
        {
            using var ada = app.NewClient("ada");
            ada.DefaultRequestHeaders.Add(DashboardApp.RemoteHeader, "10.1.2.3");
            Assert.Equal(HttpStatusCode.Unauthorized, (await app.Client.GetAsync(app.Root, Stop)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await ada.GetAsync(app.Root, Stop)).StatusCode);
        }

        await using (var app = await DashboardApp.StartAsync(options => options.RequireAuthorization("operators"), endpoints => endpoints.AllowAnonymous()))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, app.Root);
            request.Headers.Add(DashboardApp.RemoteHeader, "10.1.2.3");
            await app.RefusesAsync(HttpStatusCode.Forbidden, request);
        }
    }

    [Fact]
    public async Task The_default_policy_is_required_when_none_is_named()
    {
        await using var app = await DashboardApp.StartAsync(options => options.RequireAuthorization());
        using var guest = app.NewClient("guest");

        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Client.GetAsync(app.Root, Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await guest.GetAsync(app.Root, Stop)).StatusCode);
    }

    [Fact]
    public async Task It_says_what_it_needs()
    {
        var bare = await Assert.ThrowsAsync<FatConfigurationException>(() => TestApp.StartAsync(Server.Kestrel, app => app.MapFatDashboard(), _ => { }));
        Assert.Contains("AddFat", bare.Message, StringComparison.Ordinal);

        var unguarded = await Assert.ThrowsAsync<FatConfigurationException>(() => TestApp.StartAsync(
            Server.Kestrel,
            app => app.MapFatDashboard(configure: options => options.RequireAuthorization("operators")),
            services => services.AddFat(options => options.ServiceName = "shop").UseInMemoryRegistry().Services.AddSingleton<IFatMonitor>(new Desk())));
        Assert.Contains("AddAuthorization()", unguarded.Message, StringComparison.Ordinal);
    }
}
