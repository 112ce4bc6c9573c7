using System.Net;
using Fat.AspNetCore.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.AspNetCore.Tests;

/// <summary>Which endpoints are scopes, under which name, with which declaration.</summary>
public sealed class MarkedEndpointTests
{
    [Theory]
    [InlineData("POST", "/minimal/7", "POST /minimal/{id:int}", 1)]
    [InlineData("GET", "/method", "GET /method", 2)]
    [InlineData("GET", "/metadata", "GET /metadata", 3)]
    [InlineData("GET", "/group/inside", "GET /group/inside", 4)]
    [InlineData("GET", "/group/nearer", "GET /group/nearer", 5)]
    [InlineData("GET", "/marked/by-class", "GET /marked/by-class", 6)]
    [InlineData("PUT", "/marked/by-action/7", "PUT /marked/by-action/{id}", 7)]
    public async Task AMarkedEndpointIsAScope(string method, string path, string name, int declared)
    {
        var scopes = new ScriptedScopes();
        await using var app = await StartAsync(scopes);
        using var response = await SendAsync(app, method, path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var entered = Assert.Single(scopes.Entered);
        Assert.Equal(name, entered.Name);
        Assert.Equal(declared, entered.Attribute.ServiceCount);
        Assert.Null(entered.RemoteData);
    }

    [Theory]
    [InlineData("GET", "/plain")]
    [InlineData("GET", "/unmarked/action")]
    [InlineData("GET", "/nowhere")]
    public async Task AnyOtherIsNot(string method, string path)
    {
        var scopes = new ScriptedScopes();
        await using var app = await StartAsync(scopes);
        using var response = await SendAsync(app, method, path);
        Assert.Equal(path == "/nowhere" ? HttpStatusCode.NotFound : HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(scopes.Entered);
        Assert.False(response.Headers.Contains(FatRemoteFields.Reply));
    }

    private static Task<TestApp> StartAsync(ScriptedScopes scopes) => TestApp.StartAsync(
        Server.InMemory,
        scopes,
        app =>
        {
            app.MapPost("/minimal/{id:int}", [FatServiceRegister(ServiceCount = 1)] (int id) => id);
            app.MapGet("/method", Marked);
            app.MapGet("/metadata", () => "done").WithMetadata(new FatServiceRegisterAttribute { ServiceCount = 3 });
            var group = app.MapGroup("/group").WithMetadata(new FatServiceRegisterAttribute { ServiceCount = 4 });
            group.MapGet("/inside", () => "done");
            group.MapGet("/nearer", [FatServiceRegister(ServiceCount = 5)] () => "done");
            app.MapGet("/plain", () => "done");
            app.MapControllers();
        },
        services => services.AddControllers().AddApplicationPart(typeof(MarkedController).Assembly));

    private static async Task<HttpResponseMessage> SendAsync(TestApp app, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        return await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    [FatServiceRegister(ServiceCount = 2)]
    private static string Marked() => "done";
}

[ApiController]
[Route("marked")]
[FatServiceRegister(ServiceCount = 6)]
public sealed class MarkedController : ControllerBase
{
    [HttpGet("by-class")]
    public string ByClass() => "done";

    [HttpPut("by-action/{id}")]
    [FatServiceRegister(ServiceCount = 7)]
    public int ByAction(int id) => id;
}

[ApiController]
[Route("unmarked")]
public sealed class UnmarkedController : ControllerBase
{
    [HttpGet("action")]
    public string Action() => "done";
}
