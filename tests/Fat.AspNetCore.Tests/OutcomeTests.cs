using System.Net;
using System.Net.Http.Headers;
using Fat.AspNetCore.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.AspNetCore.Tests;

/// <summary>What a client is told of each outcome.</summary>
public sealed class OutcomeTests
{
    [Fact]
    public async Task AnExceptionIsTheReasonAndIsAnsweredWith409()
    {
        var scopes = new ScriptedScopes();
        using var response = await AskAsync(scopes, async context =>
        {
            context.Response.Headers["of-the-endpoint"] = "yes";
            context.Response.StatusCode = StatusCodes.Status201Created;
            await context.Response.WriteAsync("half of an");
            throw new InvalidOperationException("no stock left");
        });

        Assert.IsType<InvalidOperationException>(scopes.Thrown);
        Assert.Equal("no stock left", scopes.Thrown.Message);
        var problem = await Problem.OfAsync(response);
        Assert.Equal(409, problem.Status);
        Assert.Equal("application/problem+json", problem.MediaType);
        Assert.Equal("409", problem["status"]);
        Assert.Equal("urn:fat:rolled-back", problem["type"]);
        Assert.Equal("no stock left", problem["detail"]);
        Assert.Equal("no stock left", problem["reason"]);
        Assert.Equal("stock", problem["service"]);
        Assert.Equal("Reserve", problem["method"]);
        Assert.Equal("rolled-back", problem["outcome"]);
        Assert.Equal(ScriptedScopes.Gid, problem["gid"]);
        Assert.False(response.Headers.Contains("of-the-endpoint"));
        Assert.Equal("yes", Assert.Single(response.Headers.GetValues("further-out")));
    }

    [Fact]
    public async Task AGroupRolledBackElsewhereReplacesAGoodAnswer()
    {
        var scopes = new ScriptedScopes { End = _ => ScriptedScopes.RolledBack("timed out") };
        using var response = await AskAsync(scopes, context => context.Response.WriteAsync("all done"));
        Assert.Null(scopes.Reason);
        var problem = await Problem.OfAsync(response);
        Assert.Equal(409, problem.Status);
        Assert.Equal("timed out", problem["detail"]);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(500)]
    public async Task AStatusOf400OrMoreFailsAndIsSentAsItIs(int status)
    {
        var scopes = new ScriptedScopes();
        using var response = await AskAsync(scopes, context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers["of-the-endpoint"] = "yes";
            return context.Response.WriteAsync("my own words");
        });

        Assert.Equal($"answered {status}", scopes.Reason);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("my own words", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.True(response.Headers.Contains("of-the-endpoint"));
    }

    [Fact]
    public async Task AStatusBelow400IsNoFailure()
    {
        var scopes = new ScriptedScopes();
        using var response = await AskAsync(scopes, context =>
        {
            context.Response.StatusCode = 399;
            return Task.CompletedTask;
        });
        Assert.Null(scopes.Reason);
        Assert.Equal(399, (int)response.StatusCode);
    }

    [Fact]
    public async Task ProblemDetailsOfTheEndpointGiveTheReasonAndArriveWhole()
    {
        var scopes = new ScriptedScopes();
        using var response = await AskAsync(scopes, context => Results.Problem("Item 7 is sold out.", statusCode: 422, title: "Sold out").ExecuteAsync(context));
        Assert.Equal("answered 422: Item 7 is sold out.", scopes.Reason);
        var problem = await Problem.OfAsync(response);
        Assert.Equal(422, problem.Status);
        Assert.Equal("Sold out", problem["title"]);
        Assert.Null(problem["gid"]);
    }

    [Theory]
    [InlineData("""{"title":"Sold out"}""", "answered 422: Sold out")]
    [InlineData("""{"title":"Sold out","detail":""}""", "answered 422: Sold out")]
    [InlineData("""{"title":7}""", "answered 422")]
    [InlineData("[1]", "answered 422")]
    [InlineData("{not json", "answered 422")]
    [InlineData("", "answered 422")]
    public async Task WhatIsNoProblemIsNoObstacle(string body, string reason)
    {
        var scopes = new ScriptedScopes();
        using var response = await AskAsync(scopes, context =>
        {
            context.Response.StatusCode = 422;
            context.Response.ContentType = "application/problem+json; charset=utf-8";
            return context.Response.WriteAsync(body);
        });
        Assert.Equal(reason, scopes.Reason);
        Assert.Equal(body, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(5_000)]
    [InlineData(100_000)]
    public async Task ALongProblemIsCutInTheReasonOnly(int length)
    {
        var scopes = new ScriptedScopes();
        using var response = await AskAsync(scopes, context => Results.Problem(new string('x', length), statusCode: 500).ExecuteAsync(context));
        Assert.InRange(scopes.Reason!.Length, "answered 500".Length, 520);
        Assert.Equal(length, (await Problem.OfAsync(response))["detail"]!.Length);
    }

    [Fact]
    public async Task AnOutcomeInDoubtIsNeverCalledRolledBack()
    {
        var scopes = new ScriptedScopes { End = _ => ScriptedScopes.InDoubt("connection lost") };
        using var response = await AskAsync(scopes, context => context.Response.WriteAsync("all done"));
        var problem = await Problem.OfAsync(response);
        Assert.Equal(500, problem.Status);
        Assert.Equal("in-doubt", problem["outcome"]);
        Assert.Equal(ScriptedScopes.Gid, problem["gid"]);
        Assert.DoesNotContain("rolled", problem.Body.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task AnOutcomeInDoubtIsToldEvenWhenTheEndpointFailed()
    {
        var scopes = new ScriptedScopes { End = _ => ScriptedScopes.InDoubt("connection lost") };
        using var response = await AskAsync(scopes, context =>
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        });
        Assert.Equal("in-doubt", (await Problem.OfAsync(response))["outcome"]);
    }

    [Fact]
    public async Task BusyWorkersAreAnsweredWith503()
    {
        var scopes = new ScriptedScopes();
        using var response = await AskAsync(scopes, _ => throw new FatSaturatedException(4, 16));
        var problem = await Problem.OfAsync(response);
        Assert.Equal(503, problem.Status);
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
        Assert.Equal("rolled-back", problem["outcome"]);
        Assert.Contains("MaxConcurrent", problem["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARequestThatCannotBeReadKeepsTheServersStatus()
    {
        using var response = await AskAsync(new ScriptedScopes(), _ => throw new BadHttpRequestException("too large", 413));
        Assert.Equal("rolled-back", (await Problem.OfAsync(response))["outcome"]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task WhatTheScopesThemselvesThrowReachesTheErrorPage()
    {
        var scopes = new ScriptedScopes { Refusal = new InvalidOperationException("registry misconfigured") };
        Exception? seen = null;
        await using var app = await TestApp.StartAsync(
            Server.Kestrel,
            app =>
            {
                app.Use(async (context, next) =>
                {
                    seen = await Record.ExceptionAsync(() => next(context));
                    await context.Response.WriteAsync("error page");
                });
                app.UseFat();
                app.MapGet("/", () => "done").WithMetadata(new FatServiceRegisterAttribute());
            },
            services => services.AddSingleton<IFatScopes>(scopes));
        Assert.Equal("error page", await app.Client.GetStringAsync("/", TestContext.Current.CancellationToken));
        Assert.Same(scopes.Refusal, seen);
    }

    [Fact]
    public async Task TheApplicationCustomisesTheProblemDetails()
    {
        var scopes = new ScriptedScopes { End = _ => ScriptedScopes.RolledBack("no stock") };
        Exception? error = null;
        using var response = await AskAsync(
            scopes,
            _ => Task.CompletedTask,
            services => services.AddProblemDetails(options => options.CustomizeProblemDetails = problem =>
            {
                error = problem.Exception;
                problem.ProblemDetails.Extensions["node"] = "n1";
            }));
        var answered = await Problem.OfAsync(response);
        Assert.Equal("n1", answered["node"]);
        Assert.Equal("no stock", answered["reason"]);
        Assert.IsType<FatAbortedException>(error);
    }

    [Fact]
    public async Task ABrowserGetsTheReasonToo()
    {
        var scopes = new ScriptedScopes { End = _ => ScriptedScopes.RolledBack("no stock") };
        using var response = await AskAsync(scopes, _ => Task.CompletedTask, services => services.AddProblemDetails(), "text/html");
        Assert.Equal("no stock", (await Problem.OfAsync(response))["reason"]);
        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
    }

    private static async Task<HttpResponseMessage> AskAsync(
        ScriptedScopes scopes, RequestDelegate endpoint, Action<IServiceCollection>? services = null, string? accept = null)
    {
        await using var app = await TestApp.StartAsync(
            Server.Kestrel,
            app =>
            {
                app.Use((context, next) =>
                {
                    context.Response.Headers["further-out"] = "yes";
                    return next(context);
                });
                app.UseFat();
                app.MapPost("/", endpoint).WithMetadata(new FatServiceRegisterAttribute());
            },
            added =>
            {
                added.AddSingleton<IFatScopes>(scopes);
                services?.Invoke(added);
            });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/");
        if (accept is not null)
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        return await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
