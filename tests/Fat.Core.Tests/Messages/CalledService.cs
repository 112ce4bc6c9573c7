using System.Collections.Concurrent;
using System.Text;
using Fat.Core.Tests.World;
using Microsoft.AspNetCore.Http;

namespace Fat.Core.Tests.Messages;

/// <summary>A service that takes calls over HTTP and answers as it is told, in this process.</summary>
public sealed class CalledService : IAsyncDisposable
{
    private LoopbackServer? _server;

    private CalledService()
    {
    }

    public string Address => _server!.Address;

    /// <summary>What came, in order.</summary>
    public ConcurrentQueue<CalledRequest> Requests { get; } = new();

    /// <summary>What to answer to a path: the status and the body. Without an entry: 200.</summary>
    public ConcurrentDictionary<string, Func<CalledRequest, Task<(int Status, string Body)>>> Answers { get; } = new();

    /// <summary>The content types of answers to a path. Without an entry: none.</summary>
    public ConcurrentDictionary<string, string> ContentTypes { get; } = new();

    /// <summary>To where answers to a path lead. Without an entry: nowhere.</summary>
    public ConcurrentDictionary<string, string> Locations { get; } = new();

    public static async Task<CalledService> StartAsync()
    {
        var called = new CalledService();
        called._server = await LoopbackServer.StartAsync(called.AnswerAsync);
        return called;
    }

    public IReadOnlyList<CalledRequest> To(string path) => [.. Requests.Where(request => request.Path == path)];

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var request = new CalledRequest(
            context.Request.Method,
            context.Request.Path.ToUriComponent(),
            context.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal),
            context.Request.Headers.ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            await reader.ReadToEndAsync(context.RequestAborted),
            TimeProvider.System.GetTimestamp());
        Requests.Enqueue(request);
        var (status, body) = Answers.TryGetValue(request.Path, out var answer) ? await answer(request) : (200, string.Empty);
        context.Response.StatusCode = status;
        context.Response.ContentType = ContentTypes.GetValueOrDefault(request.Path);
        if (Locations.TryGetValue(request.Path, out var location))
            context.Response.Headers.Location = Address + location;
        if (body.Length > 0)
            await context.Response.WriteAsync(body, context.RequestAborted);
    }
}

public sealed record CalledRequest(
    string Method, string Path, IReadOnlyDictionary<string, string> Query, IReadOnlyDictionary<string, string> Headers, string Body, long At);
