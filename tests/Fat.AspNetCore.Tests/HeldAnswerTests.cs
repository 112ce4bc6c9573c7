using System.Globalization;
using System.Net;
using System.Text;
using Fat.AspNetCore.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.AspNetCore.Tests;

/// <summary>Nothing of an answer leaves before the decision, however it is written; then all of it does.</summary>
public sealed class HeldAnswerTests
{
    private const int LargeSize = 3_000_000;

    private static readonly string Large = string.Create(LargeSize, 0, (span, _) =>
    {
        for (var i = 0; i < span.Length; i++)
            span[i] = (char)('a' + i * 7 % 26);
    });

    private static readonly Dictionary<string, (Func<HttpContext, Task> Write, string Expected)> Ways = new(StringComparer.Ordinal)
    {
        ["write"] = (context => context.Response.WriteAsync("one two"), "one two"),
        ["start, write"] = (async context =>
        {
            await context.Response.StartAsync();
            await context.Response.WriteAsync("one two");
        }, "one two"),
        ["write, flush, write"] = (async context =>
        {
            await context.Response.WriteAsync("one ");
            await context.Response.Body.FlushAsync();
            await context.Response.WriteAsync("two");
        }, "one two"),
        ["pipe, not flushed"] = (context =>
        {
            Encoding.UTF8.GetBytes("one two", context.Response.BodyWriter);
            return Task.CompletedTask;
        }, "one two"),
        ["pipe, flushed, then the stream"] = (async context =>
        {
            await context.Response.BodyWriter.WriteAsync("one "u8.ToArray());
            await context.Response.Body.WriteAsync("two"u8.ToArray());
        }, "one two"),
        ["pipe, not flushed, then the stream"] = (async context =>
        {
            Encoding.UTF8.GetBytes("one ", context.Response.BodyWriter);
            await context.Response.Body.WriteAsync("two"u8.ToArray());
        }, "one two"),
        ["pipe, not flushed, then the stream, synchronous"] = (context =>
        {
            Encoding.UTF8.GetBytes("one", context.Response.BodyWriter);
            context.Response.Body.WriteByte((byte)' ');
            Encoding.UTF8.GetBytes("t", context.Response.BodyWriter);
            context.Response.Body.Write("wo"u8);
            return Task.CompletedTask;
        }, "one two"),
        ["complete"] = (async context =>
        {
            await context.Response.WriteAsync("one two");
            await context.Response.CompleteAsync();
        }, "one two"),
        ["pipe, complete"] = (async context =>
        {
            Encoding.UTF8.GetBytes("one two", context.Response.BodyWriter);
            await context.Response.CompleteAsync();
        }, "one two"),
        ["writer that disposes the body"] = (async context =>
        {
            await using var writer = new StreamWriter(context.Response.Body);
            await writer.WriteAsync("one two");
        }, "one two"),
        ["buffering off"] = (async context =>
        {
            context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
            await context.Response.WriteAsync("one two");
        }, "one two"),
        ["file"] = (async context =>
        {
            var path = Path.Combine(TestRun.Temporary.FullName, $"{Guid.NewGuid()}.txt");
            await File.WriteAllTextAsync(path, "zero one two three", context.RequestAborted);
            await context.Response.SendFileAsync(path, 5, 7);
            File.Delete(path);
        }, "one two"),
        ["synchronous"] = (context =>
        {
            context.Response.Body.Write("one "u8);
            context.Response.Body.WriteByte((byte)'t');
            context.Response.Body.Write("wo"u8.ToArray(), 0, 2);
            return Task.CompletedTask;
        }, "one two"),
        ["large"] = (context => context.Response.WriteAsync(Large), Large),
        ["large, in pieces"] = (async context =>
        {
            for (var i = 0; i < LargeSize; i += 10_000)
            {
                await context.Response.WriteAsync(Large.Substring(i, 10_000));
                await context.Response.Body.FlushAsync();
            }
        }, Large),
        ["cleared, then written"] = (async context =>
        {
            Encoding.UTF8.GetBytes("never ", context.Response.BodyWriter);
            await context.Response.Body.WriteAsync("seen"u8.ToArray());
            context.Response.Clear();
            await context.Response.WriteAsync("one two");
        }, "one two"),
        ["pipe, not flushed, cleared, then written"] = (async context =>
        {
            Encoding.UTF8.GetBytes("never seen", context.Response.BodyWriter);
            context.Response.Clear();
            await context.Response.WriteAsync("one two");
        }, "one two"),
    };

    public static TheoryData<Server, string> EveryWay()
    {
        var data = new TheoryData<Server, string>();
        foreach (var server in Enum.GetValues<Server>())
        {
            foreach (var way in Ways.Keys)
                data.Add(server, way);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task NothingLeavesBeforeTheDecision(Server server, string way)
    {
        var decision = new TaskCompletionSource();
        var scopes = new ScriptedScopes { Decision = decision.Task };
        bool? startedInside = null;
        var starting = false;
        await using (var app = await TestApp.StartAsync(server, scopes, app => app.MapPost("/", async context =>
        {
            await Ways[way].Write(context);
            startedInside = context.Response.HasStarted;

            // Also after Clear, which takes back headers and not callbacks.
            context.Response.OnStarting(() =>
            {
                starting = true;
                context.Response.Headers["late"] = "yes";
                return Task.CompletedTask;
            });
        }).WithMetadata(new FatServiceRegisterAttribute())))
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/");
            var answer = app.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            await scopes.BodyOver;

            Assert.False(startedInside);
            Assert.False(starting);
            Assert.False(answer.IsCompleted);
            Assert.Equal(Ways[way].Expected.Length == LargeSize ? 1 : 0, TestRun.Temporary.GetFiles().Length);
            decision.SetResult();

            using var response = await answer;
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("yes", Assert.Single(response.Headers.GetValues("late")));
            var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(body == Ways[way].Expected, $"{body.Length} characters: {body[..Math.Min(40, body.Length)]}");
        }

        Assert.Empty(TestRun.Temporary.GetFiles());
    }

    [Fact]
    public async Task TheSocketStaysSilentUntilTheDecision()
    {
        var decision = new TaskCompletionSource();
        var scopes = new ScriptedScopes { Decision = decision.Task };
        await using var app = await TestApp.StartAsync(Server.Kestrel, scopes, app => app.MapPost("/", async context =>
        {
            await context.Response.StartAsync();
            await context.Response.WriteAsync(Large);
            await context.Response.CompleteAsync();
        }).WithMetadata(new FatServiceRegisterAttribute()));

        using var raw = await RawHttp.SendAsync(app.Address, "POST /", "Content-Length: 0", "Connection: close");
        await scopes.BodyOver;
        Assert.Equal(0, raw.Available);
        decision.SetResult();
        var answer = await raw.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 200 OK", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Server.InMemory)]
    [InlineData(Server.Kestrel)]
    public async Task ADiscardedLargeAnswerLeavesNoFile(Server server)
    {
        var scopes = new ScriptedScopes { End = _ => ScriptedScopes.RolledBack("no stock") };
        await using (var app = await TestApp.StartAsync(server, scopes, app => app
            .MapPost("/", context => context.Response.WriteAsync(Large)).WithMetadata(new FatServiceRegisterAttribute())))
        {
            using var response = await app.Client.PostAsync("/", content: null, TestContext.Current.CancellationToken);
            var problem = await Problem.OfAsync(response);
            Assert.Equal("no stock", problem["detail"]);
        }

        Assert.Empty(TestRun.Temporary.GetFiles());
    }

    [Theory]
    [InlineData("GET", 200, "Content-Length: 0")]
    [InlineData("GET", 204, null)]
    [InlineData("GET", 304, null)]
    [InlineData("HEAD", 200, null)]
    [InlineData("GET", 404, "Content-Length: 0")]
    public async Task AnEmptyAnswerIsWhatItIsWithoutFat(string method, int status, string? expected)
    {
        await using var app = await TestApp.StartAsync(Server.Kestrel, new ScriptedScopes(), app =>
        {
            app.MapMethods("/marked", [method], () => Results.StatusCode(status)).WithMetadata(new FatServiceRegisterAttribute());
            app.MapMethods("/plain", [method], () => Results.StatusCode(status));
        });

        var marked = await LinesAsync("/marked");
        Assert.Equal(await LinesAsync("/plain"), marked);
        Assert.StartsWith($"HTTP/1.1 {status} ", marked[0], StringComparison.Ordinal);
        Assert.Equal(expected, marked.SingleOrDefault(line => line.StartsWith("Content-Length", StringComparison.OrdinalIgnoreCase)));
        Assert.DoesNotContain(marked, line => line.StartsWith("Transfer-Encoding", StringComparison.OrdinalIgnoreCase));

        async Task<string[]> LinesAsync(string path)
        {
            using var raw = await RawHttp.SendAsync(app.Address, $"{method} {path}", "Connection: close");
            var answer = await raw.ReadToEndAsync();
            return [.. answer.Split("\r\n").Where(line => !line.StartsWith("Date:", StringComparison.Ordinal))];
        }
    }

    [Fact]
    public async Task TheAnswerToHeadKeepsItsContentLengthAndHasNoBody()
    {
        await using var app = await TestApp.StartAsync(Server.Kestrel, new ScriptedScopes(), app => app.MapMethods("/", ["HEAD"], async context =>
        {
            context.Response.ContentLength = 7;
            await context.Response.WriteAsync("one two");
        }).WithMetadata(new FatServiceRegisterAttribute()));

        using var raw = await RawHttp.SendAsync(app.Address, "HEAD /", "Connection: close");
        var answer = await raw.ReadToEndAsync();
        Assert.Contains("Content-Length: 7\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADeclaredLengthIsKept()
    {
        await using var app = await TestApp.StartAsync(Server.Kestrel, new ScriptedScopes(), app => app.MapGet("/", async context =>
        {
            context.Response.ContentLength = Large.Length;
            await context.Response.WriteAsync(Large);
        }).WithMetadata(new FatServiceRegisterAttribute()));

        using var response = await app.Client.GetAsync("/", TestContext.Current.CancellationToken);
        Assert.Equal(Large.Length, response.Content.Headers.ContentLength);
        Assert.Equal(Large.Length, (await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length);
    }

    /// <summary>The server would refuse these only when they are sent, which is after the decision.</summary>
    [Theory]
    [InlineData(204, null, "status 204")]
    [InlineData(304, null, "status 304")]
    [InlineData(200, 3, "Content-Length of 3")]
    [InlineData(200, 30, "Content-Length of 30")]
    public async Task AnAnswerThatCannotBeSentFailsTheScope(int status, int? length, string reason)
    {
        var scopes = new ScriptedScopes();
        await using var app = await TestApp.StartAsync(Server.Kestrel, scopes, app => app.MapGet("/", async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentLength = length;
            await context.Response.WriteAsync("one two");
        }).WithMetadata(new FatServiceRegisterAttribute()));

        using var response = await app.Client.GetAsync("/", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Contains(reason, scopes.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TrailersAreTheServersOwnAndGoWithTheAnswer(bool commits)
    {
        var scopes = commits ? new ScriptedScopes() : new ScriptedScopes { End = _ => ScriptedScopes.RolledBack("no stock") };
        await using var app = await TestApp.StartAsync(
            Server.Kestrel,
            app =>
            {
                app.UseFat();
                app.MapGet("/", async context =>
                {
                    context.Response.DeclareTrailer("sum");
                    await context.Response.WriteAsync("one two");
                    context.Response.AppendTrailer("sum", "3");
                }).WithMetadata(new FatServiceRegisterAttribute());
            },
            services => services.AddSingleton<IFatScopes>(scopes),
            HttpProtocols.Http2);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(commits ? HttpStatusCode.OK : HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal(commits, body == "one two");
        Assert.Equal(commits ? ["3"] : [], response.TrailingHeaders.SelectMany(trailer => trailer.Value));
    }

    [Fact]
    public async Task AnErrorPageInsideReplacesWhatWasWritten()
    {
        var scopes = new ScriptedScopes();
        await using var app = await TestApp.StartAsync(Server.Kestrel, scopes, app =>
        {
            app.UseExceptionHandler(inner => inner.Run(context => context.Response.WriteAsync("sorry")));
            app.MapGet("/", async context =>
            {
                await context.Response.WriteAsync("half of a");
                throw new InvalidOperationException("broken");
            }).WithMetadata(new FatServiceRegisterAttribute());
        });

        using var response = await app.Client.GetAsync("/", TestContext.Current.CancellationToken);
        Assert.Equal("sorry", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("answered 500", scopes.Reason);
    }

    [Fact]
    public async Task AMiddlewareFurtherOutStillSeesTheServersBody()
    {
        IHttpResponseBodyFeature? before = null, after = null;
        await using var app = await TestApp.StartAsync(
            Server.Kestrel,
            app =>
            {
                app.Use(async (context, next) =>
                {
                    before = context.Features.Get<IHttpResponseBodyFeature>();
                    await next(context);
                    after = context.Features.Get<IHttpResponseBodyFeature>();
                    await context.Response.WriteAsync(" three");
                });
                app.UseFat();
                app.MapGet("/", () => "one two").WithMetadata(new FatServiceRegisterAttribute());
            },
            services => services.AddSingleton<IFatScopes>(new ScriptedScopes()));

        Assert.Equal("one two three", await app.Client.GetStringAsync("/", TestContext.Current.CancellationToken));
        Assert.Same(before, after);
    }

    [Theory]
    [InlineData(8)]
    public async Task ManyAtOnceDoNotMix(int count)
    {
        await using var app = await TestApp.StartAsync(Server.Kestrel, new ConcurrentScopes(), app => app.MapGet("/{n:int}", async (int n, HttpContext context) =>
        {
            for (var i = 0; i < 20_000; i++)
                await context.Response.WriteAsync(n.ToString(CultureInfo.InvariantCulture));
        }).WithMetadata(new FatServiceRegisterAttribute()));

        var bodies = await Task.WhenAll(Enumerable.Range(0, count)
            .Select(n => app.Client.GetStringAsync(new Uri($"/{n}", UriKind.Relative), TestContext.Current.CancellationToken)));
        for (var n = 0; n < count; n++)
            Assert.Equal(new string((char)('0' + n), 20_000), bodies[n]);
    }

    private sealed class ConcurrentScopes : IFatScopes
    {
        public async Task<FatScopeResult> RunAsync(
            FatScopeRequest request, Func<CancellationToken, Task<string?>> body, CancellationToken cancellationToken = default)
        {
            Assert.Null(await body(CancellationToken.None));
            return ScriptedScopes.Committed();
        }
    }
}
