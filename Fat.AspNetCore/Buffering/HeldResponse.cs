using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Fat.AspNetCore.Buffering;

/// <summary>
/// Stands in for a response's body while the scope runs: whatever the endpoint writes, starts, flushes or completes stays here
/// until <see cref="ReleaseAsync"/>. Status, headers, trailers and callbacks stay the server's own; since the server sees no
/// byte, the answer has not started and callbacks of <c>OnStarting</c> run at the release.
/// </summary>
internal sealed class HeldResponse : IHttpResponseBodyFeature, IAsyncDisposable
{
    private readonly HttpContext _context;
    private readonly IHttpResponseBodyFeature _server;
    private readonly KeyValuePair<string, StringValues>[] _headers;
    private readonly HeldStream _stream = new();

    private HeldResponse(HttpContext context, IHttpResponseBodyFeature server)
    {
        _context = context;
        _server = server;
        _headers = [.. context.Response.Headers];
    }

    public Stream Stream => _stream;

    public PipeWriter Writer => _stream.Writer;

    public static HeldResponse Hold(HttpContext context)
    {
        var held = new HeldResponse(context, context.Features.GetRequiredFeature<IHttpResponseBodyFeature>());
        context.Features.Set<IHttpResponseBodyFeature>(held);
        return held;
    }

    public void DisableBuffering()
    {
        // Held until the decision, whoever asks.
    }

    public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(_stream, path, offset, count, cancellationToken);

    /// <summary>Brings what the writer still has into the stream. Nothing can be written through the writer any more.</summary>
    public Task CompleteAsync() => _stream.CompleteWriterAsync().AsTask();

    /// <summary>The bytes of a small body, else null.</summary>
    public Task<byte[]?> PeekAsync(CancellationToken cancellationToken) => _stream.PeekAsync(cancellationToken);

    /// <summary>
    /// Why the server would refuse to send this answer, or null. Found out before the decision: at the release it would be too late.
    /// </summary>
    public string? Unsendable()
    {
        var response = _context.Response;
        if (response.HasStarted)
            return "The answer started before the decision.";
        if (HttpMethods.IsHead(_context.Request.Method))
            return null;
        if (response.StatusCode is < 200 or StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent or StatusCodes.Status304NotModified)
            return _stream.Length == 0 ? null : $"An answer with status {response.StatusCode} cannot have a body, and {_stream.Length} bytes were written.";
        return response.ContentLength is { } declared && declared != _stream.Length
            ? $"The answer declares a Content-Length of {declared}, and {_stream.Length} bytes were written."
            : null;
    }

    /// <summary>
    /// Sends the endpoint's answer. For an empty body nothing is written: the server knows whether that has a Content-Length.
    /// </summary>
    public Task ReleaseAsync(CancellationToken cancellationToken)
    {
        Restore();
        return _stream.DrainAsync(_server.Stream, cancellationToken);
    }

    /// <summary>Forgets the endpoint's answer, with its status and headers; headers that were there before stay.</summary>
    public void Discard()
    {
        Restore();
        if (_context.Response.HasStarted)
            return;
        _context.Response.Clear();
        _context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers.Clear();
        foreach (var (name, value) in _headers)
            _context.Response.Headers[name] = value;
    }

    public ValueTask DisposeAsync()
    {
        Restore();
        return _stream.ReleaseAsync();
    }

    private void Restore() => _context.Features.Set(_server);
}
