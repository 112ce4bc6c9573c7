using System.Net;
using Fat.AspNetCore.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.AspNetCore.Tests;

/// <summary>A redirect that the caller's HTTP client follows by itself does not lose the branches of the service that answered with it.</summary>
public sealed class RedirectTests
{
    private const string Context = "c1";

    [Theory]
    [InlineData(302, false)]
    [InlineData(307, false)]
    [InlineData(302, true)]
    [InlineData(307, true)]
    public async Task AMarkedEndpointDoesNotRedirectACallOfAGroup(int status, bool elsewhere)
    {
        await using var shop = await RedirectingShop.StartAsync(status, elsewhere, byGateway: false);
        using var answer = await shop.OrderAsync();

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains($"answered {status}, a redirect", (await Problem.OfAsync(answer))["reason"], StringComparison.Ordinal);
        var group = await shop.RolledBackAsync("a redirect");
        Assert.Equal("stock", group.FailedService);
        Assert.Empty(shop.Reserved);
        Assert.Empty(shop.Shipped);
    }

    /// <summary>A service that was never asked, because something in front of it answers, refuses nothing: the caller has to notice.</summary>
    [Theory]
    [InlineData(302, false)]
    [InlineData(307, false)]
    [InlineData(302, true)]
    [InlineData(307, true)]
    public async Task AFollowedRedirectRollsTheCallersGroupBack(int status, bool elsewhere)
    {
        await using var shop = await RedirectingShop.StartAsync(status, elsewhere, byGateway: true);
        using var answer = await shop.OrderAsync();

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("AllowAutoRedirect", (await Problem.OfAsync(answer))["reason"], StringComparison.Ordinal);
        var group = await shop.RolledBackAsync("a redirect led it to");
        Assert.Equal("orders", group.FailedService);
        Assert.Empty(shop.Reserved);
        Assert.Empty(shop.Shipped);
    }

    [Fact]
    public async Task ACallerThatFollowsNoneGetsTheReplyOfWhoRedirects()
    {
        await using var shop = await RedirectingShop.StartAsync(
            302, elsewhere: false, byGateway: true, client => client.ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false }));
        using var answer = await shop.OrderAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, shop.Seen);
        await shop.CommittedAsync();
        Assert.Equal(1, shop.Reserved["tea"]);
    }

    [Theory]
    [InlineData(301, "/there", Context, true)]
    [InlineData(303, "/there", Context, true)]
    [InlineData(308, "/there", Context, true)]
    [InlineData(300, "/there", Context, true)]
    [InlineData(302, null, Context, false)]
    [InlineData(201, "/there", Context, false)]
    [InlineData(304, "/there", Context, false)]
    [InlineData(302, "/there", null, false)]
    public async Task OnlyARedirectOfACallFromInsideAGroupIsRefused(int status, string? location, string? context, bool refused)
    {
        var scopes = new ScriptedScopes();
        await using var app = await TestApp.StartAsync(Server.Kestrel, scopes, app => app.MapGet("/", (HttpResponse response) =>
        {
            response.StatusCode = status;
            if (location is not null)
                response.Headers.Location = location;
        }).WithMetadata(new FatServiceRegisterAttribute()));
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = app.Client.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        if (context is not null)
            request.Headers.Add(FatRemoteFields.Context, context);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(refused ? HttpStatusCode.Conflict : (HttpStatusCode)status, response.StatusCode);
        Assert.Equal(refused, scopes.Reason is not null);
        Assert.Equal(refused || location is null ? null : location, response.Headers.Location?.OriginalString);
    }
}
