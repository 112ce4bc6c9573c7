using System.Net;
using System.Net.WebSockets;
using Fat.AspNetCore.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fat.AspNetCore.Tests;

/// <summary>Where UseFat may stand, and what it refuses to serve.</summary>
public sealed class PipelineTests
{
    [Fact]
    public async Task WithoutAddFatItDoesNotStart()
    {
        await using var app = WebApplication.CreateBuilder().Build();
        var thrown = Assert.Throws<FatConfigurationException>(() => app.UseFat());
        Assert.Contains("AddFat", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMarkedEndpointChosenAfterwardsDoesNotRunWithoutItsScope()
    {
        var ran = false;
        Exception? seen = null;
        await using var app = await TestApp.StartAsync(
            Server.InMemory,
            app =>
            {
                app.Use(async (context, next) => seen = await Record.ExceptionAsync(() => next(context)));
                app.UseFat();
                app.UseRouting();
                app.MapGet("/marked", () => ran = true).WithMetadata(new FatServiceRegisterAttribute());
                app.MapGet("/plain", () => "done");
            },
            services => services.AddSingleton<IFatScopes>(new ScriptedScopes()));

        using var marked = await app.Client.GetAsync("/marked", TestContext.Current.CancellationToken);
        Assert.False(ran);
        Assert.Contains("UseRouting", Assert.IsType<FatConfigurationException>(seen).Message, StringComparison.Ordinal);

        Assert.Equal("done", await app.Client.GetStringAsync("/plain", TestContext.Current.CancellationToken));
        Assert.Null(seen);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AMarkedEndpointThatRoutingRunsByItselfIsRefusedAtStartUp(bool marked)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        builder.Services.AddSingleton<IFatScopes>(new ScriptedScopes());
        await using var app = builder.Build();
        app.UseFat();
        app.MapGet("/marked", () => "done").WithMetadata(new FatServiceRegisterAttribute());
        var health = app.MapGet("/health", () => "well").ShortCircuit();
        if (marked)
            health.WithMetadata(new FatServiceRegisterAttribute());

        var thrown = await Record.ExceptionAsync(() => app.StartAsync(TestContext.Current.CancellationToken));

        if (marked)
            Assert.Contains("/health", Assert.IsType<FatConfigurationException>(thrown).Message, StringComparison.Ordinal);
        else
            Assert.Null(thrown);
    }

    [Theory]
    [InlineData(Server.Kestrel, "/plain", "/plain")]
    [InlineData(Server.Kestrel, "/nowhere", null)]
    [InlineData(Server.InMemory, "/plain", "/plain")]
    [InlineData(Server.InMemory, "/nowhere", null)]
    public async Task TheEndpointIsKnownFurtherOut(Server server, string path, string? expected)
    {
        Endpoint? seen = null;
        await using var app = await TestApp.StartAsync(
            server,
            app =>
            {
                app.Use(async (context, next) =>
                {
                    await next(context);
                    seen = context.GetEndpoint();
                });
                app.UseFat();
                app.UseRouting();
                app.MapGet("/plain", () => "done").WithDisplayName("/plain");
            },
            services => services.AddSingleton<IFatScopes>(new ScriptedScopes()));
        using var response = await app.Client.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(expected, seen?.DisplayName);
    }

    [Fact]
    public async Task TwiceInThePipelineIsOneScope()
    {
        var scopes = new ScriptedScopes { End = _ => ScriptedScopes.Answered("1;ok;2-0123abcd;;") };
        await using var app = await TestApp.StartAsync(Server.InMemory, scopes, app =>
        {
            app.UseFat();
            app.MapGet("/", () => "done").WithMetadata(new FatServiceRegisterAttribute());
        });
        Assert.Equal("done", await app.Client.GetStringAsync("/", TestContext.Current.CancellationToken));
        Assert.Single(scopes.Entered);
    }

    [Theory]
    [InlineData("https://shop.example", "POST", HttpStatusCode.NoContent)]
    [InlineData("https://shop.example", null, HttpStatusCode.MethodNotAllowed)]
    [InlineData(null, "POST", HttpStatusCode.MethodNotAllowed)]
    public async Task ACorsPreflightBeginsNoScope(string? origin, string? method, HttpStatusCode status)
    {
        var scopes = new ScriptedScopes();
        await using var app = await TestApp.StartAsync(
            Server.Kestrel,
            app =>
            {
                app.UseFat();
                app.UseFat();
                app.UseCors();
                app.MapPost("/", () => "done").WithMetadata(new FatServiceRegisterAttribute { ServiceCount = 1 }).RequireCors("shop");
            },
            services => services.AddSingleton<IFatScopes>(scopes).AddCors(cors => cors.AddPolicy("shop", policy => policy.WithOrigins("https://shop.example"))));
        using var answer = await OptionsAsync(app, origin, method);
        Assert.Equal(status, answer.StatusCode);
        Assert.Empty(scopes.Entered);
        Assert.Equal(status == HttpStatusCode.NoContent, answer.Headers.Contains("Access-Control-Allow-Origin"));

        using var post = new HttpRequestMessage(HttpMethod.Post, "/");
        post.Headers.Add("Origin", "https://shop.example");
        using var done = await app.Client.SendAsync(post, TestContext.Current.CancellationToken);
        Assert.Equal("https://shop.example", Assert.Single(done.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Single(scopes.Entered);
    }

    [Fact]
    public async Task APreflightThatNobodyAnswersDoesNotRunTheEndpointWithoutItsScope()
    {
        var scopes = new ScriptedScopes();
        await using var app = await TestApp.StartAsync(
            Server.Kestrel, scopes, app => app.Map("/", () => "done").WithMetadata(new FatServiceRegisterAttribute()));
        using var answer = await OptionsAsync(app, "https://shop.example", "POST");
        Assert.Equal("done", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("OPTIONS /", Assert.Single(scopes.Entered).Name);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AWebSocketIsRefused(bool acceptedFurtherOut)
    {
        var scopes = new ScriptedScopes();
        await using var app = await TestApp.StartAsync(
            Server.Kestrel,
            app =>
            {
                if (acceptedFurtherOut)
                    app.UseWebSockets();
                app.UseFat();
                if (!acceptedFurtherOut)
                    app.UseWebSockets();
                app.MapGet("/", async (HttpContext context) =>
                {
                    using var socket = await context.WebSockets.AcceptWebSocketAsync();
                    await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", CancellationToken.None);
                }).WithMetadata(new FatServiceRegisterAttribute());
            },
            services => services.AddSingleton<IFatScopes>(scopes));

        using var client = new ClientWebSocket();
        client.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(
            () => client.ConnectAsync(new Uri($"ws://{app.Address}/"), TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.Conflict, client.HttpStatusCode);
        Assert.Contains("WebSocket", scopes.Thrown?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnOfferedUpgradeIsNoObstacle()
    {
        bool? offered = null;
        await using var app = await TestApp.StartAsync(Server.Kestrel, new ScriptedScopes(), app => app.MapGet("/", (HttpContext context) =>
        {
            offered = context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest;
            return "done";
        }).WithMetadata(new FatServiceRegisterAttribute()));
        using var raw = await RawHttp.SendAsync(app.Address, "GET /", "Connection: Upgrade, close", "Upgrade: h2c");
        var answer = await raw.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.True(offered);
    }

    [Fact]
    public async Task GrpcIsRefusedBeforeItRuns()
    {
        var scopes = new ScriptedScopes();
        Exception? seen = null;
        await using var app = await TestApp.StartAsync(
            Server.InMemory,
            app =>
            {
                app.Use(async (context, next) => seen = await Record.ExceptionAsync(() => next(context)));
                app.UseFat();
                app.MapPost("/", () => "done").WithMetadata(new FatServiceRegisterAttribute());
            },
            services => services.AddSingleton<IFatScopes>(scopes));
        using var content = new ByteArrayContent([]);
        content.Headers.ContentType = new("application/grpc");
        using var response = await app.Client.PostAsync("/", content, TestContext.Current.CancellationToken);
        Assert.IsType<FatConfigurationException>(seen);
        Assert.Empty(scopes.Entered);
    }

    [Fact]
    public async Task AnAnswerThatStartedBehindOurBackClosesTheConnection()
    {
        var scopes = new ScriptedScopes();
        await using var app = await TestApp.StartAsync(
            Server.Kestrel,
            app =>
            {
                IHttpResponseBodyFeature? server = null;
                app.Use((context, next) =>
                {
                    server = context.Features.Get<IHttpResponseBodyFeature>();
                    return next(context);
                });
                app.UseFat();
                app.MapGet("/", (HttpContext _) => server!.Stream.WriteAsync("early"u8.ToArray()).AsTask()).WithMetadata(new FatServiceRegisterAttribute());
            },
            services => services.AddSingleton<IFatScopes>(scopes));
        await Assert.ThrowsAsync<HttpRequestException>(() => app.Client.GetStringAsync("/", TestContext.Current.CancellationToken));
        Assert.Equal("The answer started before the decision.", scopes.Reason);
    }

    private static async Task<HttpResponseMessage> OptionsAsync(TestApp app, string? origin, string? method)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/");
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        if (method is not null)
            request.Headers.Add("Access-Control-Request-Method", method);
        return await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
