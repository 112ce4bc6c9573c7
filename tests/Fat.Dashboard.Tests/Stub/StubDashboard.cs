using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;

namespace Fat.Dashboard.Tests.Stub;

/// <summary>A server that serves the pages as they are in the source, and answers what a test has put into it by the contract of the API, under a path and with the policy of the real one.</summary>
internal sealed class StubDashboard : IAsyncDisposable
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string Prefix = "/behind/a/proxy/fat/";

    private static readonly TimeSpan EventEvery = TimeSpan.FromSeconds(1);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Func<HttpRequest, StubAnswer>> _answers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task> _held = new(StringComparer.Ordinal);
    private int _listeners;

    private StubDashboard(WebApplication app) => _app = app;

    /// <summary>Where the dashboard is.</summary>
    public Uri Address => new(new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()), Prefix);

    /// <summary>What was asked of the API, oldest first, as <c>GET groups?state=open</c>.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>What was posted, oldest first.</summary>
    public ConcurrentQueue<StubPost> Posts { get; } = new();

    /// <summary>How many pages listen to events.</summary>
    public int Listeners => Volatile.Read(ref _listeners);

    /// <summary>Events come through; else they are refused.</summary>
    public bool HasEvents { get; init; } = true;

    /// <summary>A server with the answers of <see cref="Shop"/>.</summary>
    public static async Task<StubDashboard> StartAsync(bool readOnly = false, bool hasEvents = true)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var stub = new StubDashboard(app) { HasEvents = hasEvents };
        app.Run(stub.ServeAsync);
        Shop.Stock(stub, readOnly);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return stub;
    }

    /// <summary>Answers a request, as <c>GET groups</c>, with this.</summary>
    public void Answer(string request, object body) => _answers[request] = _ => new StubAnswer(200, body);

    /// <summary>Answers a request by what it asks.</summary>
    public void Answer(string request, Func<HttpRequest, object> body) => _answers[request] = asked => new StubAnswer(200, body(asked));

    /// <summary>Refuses a request.</summary>
    public void Refuse(string request, int status, string title, string detail) =>
        _answers[request] = _ => new StubAnswer(status, new { type = "about:blank", title, status, detail });

    /// <summary>Keeps the answer to a request back until then.</summary>
    public void Hold(string request, Task until) => _held[request] = until;

    public async ValueTask DisposeAsync()
    {
        using var impatience = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(impatience.Token);
        await _app.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        var path = context.Request.Path.Value!;
        if (!path.StartsWith(Prefix, StringComparison.Ordinal))
            context.Response.StatusCode = 404;
        else if (path[Prefix.Length..] is var rest && rest.StartsWith("api/", StringComparison.Ordinal))
            await ServeApiAsync(context, rest["api/".Length..]);
        else
            await ServeFileAsync(context, rest.Length == 0 ? "index.html" : rest.StartsWith("assets/", StringComparison.Ordinal) ? rest["assets/".Length..] : rest);
    }

    private async Task ServeApiAsync(HttpContext context, string resource)
    {
        Asked.Enqueue($"{context.Request.Method} {resource}{context.Request.QueryString}");
        context.Response.Headers.CacheControl = "no-store";
        if (resource == "events" && HasEvents)
        {
            Interlocked.Increment(ref _listeners);
            await SendEventsAsync(context);
            Interlocked.Decrement(ref _listeners);
            return;
        }

        if (context.Request.Method == "POST")
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            Posts.Enqueue(new StubPost(resource, body.RootElement.Clone(), context.Request.Headers["X-Fat-Token"].ToString()));
        }

        var request = $"{context.Request.Method} {resource}";
        if (_held.TryGetValue(request, out var until))
            await until.WaitAsync(context.RequestAborted);
        var answer = _answers.TryGetValue(request, out var found)
            ? found(context.Request)
            : new StubAnswer(404, new { type = "about:blank", title = "Not found", status = 404, detail = $"There is no {resource}." });
        context.Response.StatusCode = answer.Status;
        await context.Response.WriteAsJsonAsync(answer.Body, Json, answer.Status < 400 ? "application/json" : "application/problem+json", context.RequestAborted);
    }

    private static async Task SendEventsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        using var timer = new PeriodicTimer(EventEvery, TimeProvider.System);
        try
        {
            do
            {
                await context.Response.WriteAsync($"event: overview\ndata: {JsonSerializer.Serialize(Shop.Event(), Json)}\n\n", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
            while (await timer.WaitForNextTickAsync(context.RequestAborted));
        }
        catch (OperationCanceledException)
        {
            // The page is gone, or the test is over.
        }
    }

    private static async Task ServeFileAsync(HttpContext context, string name)
    {
        using var files = new PhysicalFileProvider(Path.Combine(AppContext.BaseDirectory, "Assets"));
        var file = files.GetFileInfo(name);
        if (!file.Exists)
        {
            context.Response.StatusCode = 404;
            return;
        }

        context.Response.ContentType = Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            _ => "image/svg+xml",
        };
        await context.Response.SendFileAsync(file, context.RequestAborted);
    }
}

/// <summary>What the stub answers.</summary>
internal sealed record StubAnswer(int Status, object Body);

/// <summary>What was posted to the stub.</summary>
internal sealed record StubPost(string Resource, JsonElement Body, string Token);
