using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Fat.AspNetCore.Tests.Support;

/// <summary>Takes what is sent to it over OTLP/HTTP, and keeps it as it came.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Path, string Content)> _taken = new();
    private TestApp _app = null!;

    public Uri Address => _app.Client.BaseAddress!;

    public static async Task<Collector> StartAsync()
    {
        var collector = new Collector();
        collector._app = await TestApp.StartAsync(Server.Kestrel, app => app.MapPost("/v1/{signal}", collector.TakeAsync), _ => { });
        return collector;
    }

    /// <summary>All that came for a signal, <c>traces</c> or <c>metrics</c>: protobuf, in which texts are to be read as they are.</summary>
    public string All(string signal) => string.Concat(_taken.Where(one => one.Path == signal).Select(one => one.Content));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> TakeAsync(string signal, HttpRequest request)
    {
        using var content = new MemoryStream();
        await request.Body.CopyToAsync(content);
        _taken.Enqueue((signal, Encoding.Latin1.GetString(content.ToArray())));

        // An empty message of the answer's type: everything was taken.
        return Results.Bytes([], "application/x-protobuf");
    }
}
