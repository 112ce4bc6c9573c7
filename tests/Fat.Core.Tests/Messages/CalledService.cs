using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fat.Core.Tests.Messages;

/// <summary>A service that takes calls over HTTP and answers as it is told, in this process.</summary>
public sealed class CalledService : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _running;

    private CalledService(string address)
    {
        Address = address;
        _listener.Prefixes.Add(address + "/");
        _listener.Start();
        _running = Task.Run(ServeAsync);
    }

    public string Address { get; }

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
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new CalledService($"http://127.0.0.1:{FreePort()}");
            }
            catch (HttpListenerException) when (attempt < 5)
            {
                await Task.Yield(); // Somebody else took the port in between.
            }
        }
    }

    public IReadOnlyList<CalledRequest> To(string path) => [.. Requests.Where(request => request.Path == path)];

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _running;
        _listener.Close();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                _ = AnswerAsync(context);
            }
            catch (Exception exception) when (exception is HttpListenerException or InvalidOperationException)
            {
                return; // Stopped, before it asked for the next one or while it waited for it.
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
        var request = new CalledRequest(
            context.Request.HttpMethod, context.Request.Url!.AbsolutePath,
            context.Request.QueryString.AllKeys.ToDictionary(key => key!, key => context.Request.QueryString[key]!),
            context.Request.Headers.AllKeys.ToDictionary(key => key!, key => context.Request.Headers[key]!, StringComparer.OrdinalIgnoreCase),
            await reader.ReadToEndAsync(), TimeProvider.System.GetTimestamp());
        Requests.Enqueue(request);
        var (status, body) = Answers.TryGetValue(request.Path, out var answer) ? await answer(request) : (200, string.Empty);
        try
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = ContentTypes.GetValueOrDefault(request.Path);
            if (Locations.TryGetValue(request.Path, out var location))
                context.Response.RedirectLocation = Address + location;

            // With its length: HttpListener ends an answer in chunks twice if one of them is empty, and the second end is read as the beginning of the next answer.
            var bytes = Encoding.UTF8.GetBytes(body);
            context.Response.ContentLength64 = bytes.Length;
            await context.Response.OutputStream.WriteAsync(bytes);
            context.Response.Close();
        }
        catch (Exception exception) when (exception is HttpListenerException or InvalidOperationException)
        {
            // The caller has given up.
        }
    }
}

public sealed record CalledRequest(
    string Method, string Path, IReadOnlyDictionary<string, string> Query, IReadOnlyDictionary<string, string> Headers, string Body, long At);
