using Fat.AspNetCore.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.AspNetCore.Tests;

/// <summary>A caller that leaves, a group that is aborted, and who hears of it.</summary>
public sealed class CancellationTests
{
    [Fact]
    public async Task AnAbortedGroupCancelsTheEndpointAndIsAnswered()
    {
        using var aborted = new CancellationTokenSource();
        var scopes = new ScriptedScopes { Aborted = aborted.Token, End = _ => ScriptedScopes.RolledBack("out of time") };
        var restored = false;
        await using var app = await TestApp.StartAsync(
            Server.Kestrel,
            app =>
            {
                app.Use(async (context, next) =>
                {
                    var before = context.RequestAborted;
                    await next(context);
                    restored = context.RequestAborted == before;
                });
                app.UseFat();
                app.MapGet("/", async (CancellationToken token) =>
                {
                    var waiting = Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                    await aborted.CancelAsync();
                    await waiting;
                }).WithMetadata(new FatServiceRegisterAttribute());
            },
            services => services.AddSingleton<IFatScopes>(scopes));

        using var response = await app.Client.GetAsync("/", TestContext.Current.CancellationToken);
        Assert.IsAssignableFrom<OperationCanceledException>(scopes.Thrown);
        Assert.Equal("out of time", (await Problem.OfAsync(response))["reason"]);
        Assert.False(scopes.Caller.IsCancellationRequested);
        Assert.True(restored);
    }

    [Theory]
    [InlineData(Server.InMemory)]
    [InlineData(Server.Kestrel)]
    public async Task ACallerThatLeavesCancelsScopeAndEndpoint(Server server)
    {
        var inside = new TaskCompletionSource();
        var scopes = new ScriptedScopes();
        var seen = new TaskCompletionSource<(Exception? Thrown, bool Started)>();
        await using var app = await TestApp.StartAsync(
            server,
            app =>
            {
                app.Use(async (context, next) =>
                {
                    var thrown = await Record.ExceptionAsync(() => next(context));
                    seen.SetResult((thrown, context.Response.HasStarted));
                });
                app.UseFat();
                app.MapGet("/", async (CancellationToken token) =>
                {
                    inside.SetResult();
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                }).WithMetadata(new FatServiceRegisterAttribute());
            },
            services => services.AddSingleton<IFatScopes>(scopes));

        using var leaving = new CancellationTokenSource();
        var answer = app.Client.GetAsync("/", leaving.Token);
        await inside.Task;
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        var (thrown, started) = await seen.Task;
        Assert.IsAssignableFrom<OperationCanceledException>(scopes.Thrown);
        Assert.True(scopes.Caller.IsCancellationRequested);
        Assert.IsAssignableFrom<OperationCanceledException>(thrown);
        Assert.False(started);
    }

    /// <summary>A time-out of the request that fires after the decision: the client is still there.</summary>
    [Fact]
    public async Task ACommittedGroupIsToldEvenAfterARequestTimeOut()
    {
        using var timeOut = new CancellationTokenSource();
        var scopes = new ScriptedScopes
        {
            End = _ =>
            {
                timeOut.Cancel();
                return ScriptedScopes.Committed();
            },
        };
        await using var app = await StartWithTimeOutAsync(scopes, timeOut.Token);
        Assert.Equal("done", await app.Client.GetStringAsync("/", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ARequestTimeOutBeforeTheDecisionIsAnsweredByWhoSetIt()
    {
        using var timeOut = new CancellationTokenSource();
        var scopes = new ScriptedScopes
        {
            End = _ =>
            {
                timeOut.Cancel();
                return ScriptedScopes.RolledBack("cancelled");
            },
        };
        await using var app = await StartWithTimeOutAsync(scopes, timeOut.Token);
        Assert.Equal("timed out", await app.Client.GetStringAsync("/", TestContext.Current.CancellationToken));
    }

    private static Task<TestApp> StartWithTimeOutAsync(ScriptedScopes scopes, CancellationToken timeOut) => TestApp.StartAsync(
        Server.Kestrel,
        app =>
        {
            app.Use(async (context, next) =>
            {
                context.RequestAborted = timeOut;
                try
                {
                    await next(context);
                }
                catch (OperationCanceledException) when (timeOut.IsCancellationRequested)
                {
                    await context.Response.WriteAsync("timed out");
                }
            });
            app.UseFat();
            app.MapGet("/", () => "done").WithMetadata(new FatServiceRegisterAttribute());
        },
        services => services.AddSingleton<IFatScopes>(scopes));
}
