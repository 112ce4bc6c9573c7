using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fat.TestServers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fat.Torture.Stage;

/// <summary>Whom the services tell of incidents, over their webhook. Every fifth time it says that it has not heard.</summary>
internal sealed class IncidentReceiver : IAsyncDisposable
{
    public const string Secret = "what the torture run's webhook is signed with";

    private readonly ConcurrentDictionary<string, ToldIncident> _told = new(StringComparer.Ordinal);
    private readonly WebApplication _app;
    private int _requests;

    private IncidentReceiver(WebApplication app, string url)
    {
        _app = app;
        Url = url;
    }

    public string Url { get; }

    /// <summary>What was told, by the ids of the events, each once.</summary>
    public IReadOnlyDictionary<string, ToldIncident> Told => _told;

    public static async Task<IncidentReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var receiver = new IncidentReceiver(app, $"http://127.0.0.1:{FreePort.Next()}/");
        app.Urls.Add(receiver.Url);
        app.MapPost("/", receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), body.ToArray()));
        if (context.Request.Headers["fat-signature"] != signature || Interlocked.Increment(ref _requests) % 5 == 0)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        using var json = JsonDocument.Parse(body.ToArray());
        var told = json.RootElement;
        _told[Text("id")] = new ToldIncident(Text("id"), Text("gid"), Text("branch"), Text("kind"), told.GetProperty("version").GetInt32());

        string Text(string name) => told.GetProperty(name).GetString()!;
    }
}

/// <summary>A change of an incident, as it is recorded or told.</summary>
internal sealed record ToldIncident(string Id, string Gid, string Branch, string Kind, int Version);
