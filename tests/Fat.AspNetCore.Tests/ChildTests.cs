using System.Net;
using Fat.AspNetCore.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Model;

namespace Fat.AspNetCore.Tests;

/// <summary>What travels between a caller inside a group and a marked endpoint.</summary>
public sealed class ChildTests
{
    private const string Reply = "1;ok;2-0123abcd;;";

    [Fact]
    public async Task TheFieldsOfTheRequestArriveAndTheReplyLeavesInTheHeaders()
    {
        var scopes = new ScriptedScopes { End = _ => ScriptedScopes.Answered(Reply) };
        using var response = await CallAsync(scopes, context => context.Response.WriteAsync("reserved"), Context("c1"), Signature("s1"));
        Assert.Equal(
            new Dictionary<string, string>(StringComparer.Ordinal) { [FatRemoteFields.Context] = "c1", [FatRemoteFields.Signature] = "s1" },
            Assert.Single(scopes.Entered).RemoteData);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Reply, ReplyOf(response));
        Assert.Equal("reserved", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task AnAnswerWithinAGroupIsNotToBeStored()
    {
        var scopes = new ScriptedScopes { End = _ => ScriptedScopes.Answered(Reply) };
        using var response = await CallAsync(scopes, Cached, Context("c1"));
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Null(response.Headers.CacheControl.MaxAge);

        static Task Cached(HttpContext context)
        {
            context.Response.Headers.CacheControl = "max-age=60";
            return context.Response.WriteAsync("reserved");
        }
    }

    [Fact]
    public async Task TheReplyGoesWithAnEmptyAnswer()
    {
        var scopes = new ScriptedScopes { End = _ => ScriptedScopes.Answered(Reply) };
        using var response = await CallAsync(scopes, context => Results.NoContent().ExecuteAsync(context), Context("c1"));
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(Reply, ReplyOf(response));
    }

    [Fact]
    public async Task TheReplyIsThereWhateverTheEndpointDidToItsHeaders()
    {
        var scopes = new ScriptedScopes { End = _ => ScriptedScopes.Answered(Reply) };
        using var response = await CallAsync(
            scopes,
            async context =>
            {
                context.Response.Headers[FatRemoteFields.Reply] = "made up";
                await context.Response.StartAsync();
                await context.Response.WriteAsync("reserved");
                await context.Response.CompleteAsync();
            },
            Context("c1"));
        Assert.Equal(Reply, ReplyOf(response));
    }

    [Fact]
    public async Task AFailedChildRepliesWith409()
    {
        var scopes = new ScriptedScopes { End = said => ScriptedScopes.RolledBack(said.Thrown!.Message, said.Thrown, "1;failed;stock;Reserve;no%20stock") };
        using var response = await CallAsync(scopes, _ => throw new InvalidOperationException("no stock"), Context("c1"));
        Assert.Equal("1;failed;stock;Reserve;no%20stock", ReplyOf(response));
        var problem = await Problem.OfAsync(response);
        Assert.Equal(409, problem.Status);
        Assert.Equal("no stock", problem["reason"]);
    }

    [Fact]
    public async Task AFailedChildKeepsItsOwnStatus()
    {
        var scopes = new ScriptedScopes { End = said => ScriptedScopes.RolledBack(said.Reason!, cause: null, "1;failed;stock;Reserve;gone") };
        using var response = await CallAsync(scopes, context => Results.Text("gone", statusCode: 410).ExecuteAsync(context), Context("c1"));
        Assert.Equal(HttpStatusCode.Gone, response.StatusCode);
        Assert.Equal("1;failed;stock;Reserve;gone", ReplyOf(response));
        Assert.Equal("gone", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task AnErrorPageFurtherOutKeepsTheReply()
    {
        var scopes = new ScriptedScopes { End = said => ScriptedScopes.RolledBack(said.Reason!, cause: null, "1;failed;stock;Reserve;gone") };
        await using var app = await TestApp.StartAsync(
            Server.Kestrel,
            app =>
            {
                app.UseStatusCodePages(pages =>
                {
                    var response = pages.HttpContext.Response;
                    var status = response.StatusCode;
                    response.Clear();
                    response.StatusCode = status;
                    return response.WriteAsync("a page");
                });
                app.UseFat();
                app.MapPost("/", () => Results.StatusCode(410)).WithMetadata(new FatServiceRegisterAttribute());
            },
            services => services.AddSingleton<IFatScopes>(scopes));
        using var response = await SendAsync(app, "/", Context("c1"));
        Assert.Equal("a page", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("1;failed;stock;Reserve;gone", ReplyOf(response));
    }

    [Fact]
    public async Task RefusedRemoteDataIsAnsweredWith400AndNothingRuns()
    {
        var ran = false;
        var scopes = new ScriptedScopes { Refusal = new FatRemoteDataException("The signature is wrong.") };
        using var response = await CallAsync(
            scopes,
            _ =>
            {
                ran = true;
                return Task.CompletedTask;
            },
            Context("c1"));
        Assert.False(ran);
        var problem = await Problem.OfAsync(response);
        Assert.Equal(400, problem.Status);
        Assert.Equal("urn:fat:remote-data", problem["type"]);
        Assert.Equal("The signature is wrong.", problem["detail"]);
        Assert.False(response.Headers.Contains(FatRemoteFields.Reply));
    }

    [Theory]
    [InlineData(FatRemoteFields.Context)]
    [InlineData(FatRemoteFields.Signature)]
    public async Task AHeaderThatCameTwiceIsRefused(string name)
    {
        var scopes = new ScriptedScopes();
        using var response = await CallAsync(scopes, context => context.Response.WriteAsync("ran"), (name, "c1"), (name, "c2"));
        Assert.Empty(scopes.Entered);
        Assert.Contains($"{name} came 2 times", (await Problem.OfAsync(response))["detail"], StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData(FatRemoteFields.Context)]
    [InlineData(FatRemoteFields.Signature)]
    public async Task AHeaderMayHaveSoManyCharactersAndNotOneMore(string name)
    {
        var scopes = new ScriptedScopes();
        using var tooLong = await CallAsync(scopes, context => context.Response.WriteAsync("ran"), (name, new string('x', FatRemoteFields.MaxLength + 1)));
        Assert.Equal(HttpStatusCode.BadRequest, tooLong.StatusCode);
        Assert.Contains("8193 characters", (await Problem.OfAsync(tooLong))["detail"], StringComparison.Ordinal);
        Assert.Empty(scopes.Entered);

        using var longest = await CallAsync(scopes, context => context.Response.WriteAsync("ran"), (name, new string('x', FatRemoteFields.MaxLength)));
        Assert.Equal(HttpStatusCode.OK, longest.StatusCode);
        Assert.Equal(FatRemoteFields.MaxLength, Assert.Single(scopes.Entered).RemoteData![name].Length);
    }

    [Theory]
    [InlineData("/unmarked", HttpStatusCode.OK)]
    [InlineData("/unmarked-failing", HttpStatusCode.UnprocessableEntity)]
    [InlineData("/nowhere", HttpStatusCode.NotFound)]
    public async Task WhoTakesNoPartSaysSo(string path, HttpStatusCode status)
    {
        await using var app = await StartUnmarkedAsync();
        using var inside = await SendAsync(app, path, Context("c1"));
        Assert.Equal(status, inside.StatusCode);
        Assert.Equal(FatRemoteFields.NotAParticipant, ReplyOf(inside));
        using var outside = await SendAsync(app, path);
        Assert.Equal(status, outside.StatusCode);
        Assert.False(outside.Headers.Contains(FatRemoteFields.Reply));
    }

    [Fact]
    public async Task AForwarderPassesTheReplyOn()
    {
        await using var app = await StartUnmarkedAsync();
        using var response = await SendAsync(app, "/forwarding", Context("c1"));
        Assert.Equal(Reply, ReplyOf(response));
    }

    [Theory]
    [InlineData("/gateway", Reply)]
    [InlineData("/gateway-dropping", null)]
    public async Task AGatewaySpeaksForNobody(string path, string? reply)
    {
        await using var app = await StartUnmarkedAsync();
        using var response = await SendAsync(app, path, Context("c1"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(reply, response.Headers.TryGetValues(FatRemoteFields.Reply, out var values) ? Assert.Single(values) : null);
    }

    [Fact]
    public async Task AGatewayThatGotNoAnswerDoesNotSpeakForTheService()
    {
        await using var app = await StartUnmarkedAsync();
        using var response = await SendAsync(app, "/lost", Context("c1"));
        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.False(response.Headers.Contains(FatRemoteFields.Reply));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ARefusalOfRoutingDoesNotSpeakForTheEndpointThatWasMeant(bool routedLate)
    {
        await using var app = await TestApp.StartAsync(
            Server.Kestrel,
            app =>
            {
                app.UseStatusCodePagesWithReExecute("/page");
                app.UseFat();
                if (routedLate)
                    app.UseRouting();
                app.MapGet("/", () => "done").WithMetadata(new FatServiceRegisterAttribute());
                app.Map("/page", () => "a page");
            },
            services => services.AddSingleton<IFatScopes>(new ScriptedScopes()));
        using var response = await SendAsync(app, "/", Context("c1"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal("a page", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.False(response.Headers.Contains(FatRemoteFields.Reply));
    }

    /// <summary>MVC makes endpoints that are no routes, too, for what is chosen while the request runs.</summary>
    [Fact]
    public async Task AnActionThatAFallbackChoosesSaysThatItTakesNoPart()
    {
        await using var app = await TestApp.StartAsync(
            Server.Kestrel,
            app =>
            {
                app.UseFat();
                app.MapFallbackToController("{*path}", "Found", "Fallback");
            },
            services => services.AddSingleton<IFatScopes>(new ScriptedScopes()).AddControllers().AddApplicationPart(typeof(FallbackController).Assembly));
        using var response = await SendAsync(app, "/", Context("c1"));
        Assert.Equal("found", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(FatRemoteFields.NotAParticipant, ReplyOf(response));
    }

    /// <summary>The scope may have enlisted branches before it broke: its caller must not hear that it took no part.</summary>
    [Fact]
    public async Task AnErrorPageAfterABrokenScopeDoesNotClaimToTakeNoPart()
    {
        var scopes = new ScriptedScopes { Refusal = new InvalidOperationException("broken") };
        await using var app = await TestApp.StartAsync(
            Server.Kestrel,
            app =>
            {
                app.UseExceptionHandler("/error");
                app.UseFat();
                app.MapPost("/", () => "done").WithMetadata(new FatServiceRegisterAttribute());
                app.MapPost("/error", (HttpContext context) => context.Features.Get<IExceptionHandlerFeature>()!.Error.Message);
            },
            services => services.AddSingleton<IFatScopes>(scopes));
        using var response = await SendAsync(app, "/", Context("c1"));
        Assert.Equal("broken", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.False(response.Headers.Contains(FatRemoteFields.Reply));
    }

    private static Task<TestApp> StartUnmarkedAsync() => TestApp.StartAsync(Server.Kestrel, new ScriptedScopes(), app =>
    {
        app.MapPost("/unmarked", () => "done");
        app.MapPost("/unmarked-failing", () => Results.StatusCode(422));
        app.MapPost("/lost", () => Results.StatusCode(504));
        app.MapPost("/forwarding", Forward);
        app.MapPost("/gateway", Forward).WithMetadata(new RouteModel());
        app.MapPost("/gateway-dropping", () => "done").WithMetadata(new RouteModel());
    });

    private static string Forward(HttpResponse response)
    {
        response.Headers[FatRemoteFields.Reply] = Reply;
        return "done";
    }

    private static async Task<HttpResponseMessage> CallAsync(
        ScriptedScopes scopes, RequestDelegate endpoint, params (string Name, string Value)[] headers)
    {
        await using var app = await TestApp.StartAsync(
            Server.Kestrel, scopes, app => app.MapPost("/", endpoint).WithMetadata(new FatServiceRegisterAttribute()));
        return await SendAsync(app, "/", headers);
    }

    /// <summary>Each value in a header line of its own, which <see cref="HttpClient"/> would join.</summary>
    private static async Task<HttpResponseMessage> SendAsync(TestApp app, string path, params (string Name, string Value)[] headers)
    {
        if (headers.DistinctBy(header => header.Name, StringComparer.Ordinal).Count() < headers.Length)
            return await SendRawAsync(app, path, headers);
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        return await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<HttpResponseMessage> SendRawAsync(TestApp app, string path, (string Name, string Value)[] headers)
    {
        using var raw = await RawHttp.SendAsync(
            app.Address, $"POST {path}", [.. headers.Select(header => $"{header.Name}: {header.Value}"), "Content-Length: 0", "Connection: close"]);
        var answer = await raw.ReadToEndAsync();
        var json = answer[answer.IndexOf('{', StringComparison.Ordinal)..(answer.LastIndexOf('}') + 1)];
        return new HttpResponseMessage((HttpStatusCode)int.Parse(answer.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture)) { Content = new StringContent(json) };
    }

    private static (string Name, string Value) Context(string value) => (FatRemoteFields.Context, value);

    private static (string Name, string Value) Signature(string value) => (FatRemoteFields.Signature, value);

    private static string ReplyOf(HttpResponseMessage response) => Assert.Single(response.Headers.GetValues(FatRemoteFields.Reply));
}

/// <summary>Without a route of its own.</summary>
public sealed class FallbackController : ControllerBase
{
    public string Found() => "found";
}
