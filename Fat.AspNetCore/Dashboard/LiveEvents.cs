using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fat.AspNetCore.Dashboard;

/// <summary>Server-sent events: what happens now, until the reader or the application goes.</summary>
internal sealed class LiveEvents(Sources sources, LiveFeeds feeds)
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    public async Task ServeAsync(HttpContext http)
    {
        var service = RequestFields.Service(http);
        var listener = feeds.Join(service) ?? throw Refusal.Busy.Because($"{LiveFeeds.MostListeners} connections listen already. Ask api/overview instead.");
        try
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, sources.Stopping);
            await SendAsync(http, listener.Reader, over.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested || sources.Stopping.IsCancellationRequested)
        {
            // The stream ends; a browser asks again by itself.
        }
        finally
        {
            await feeds.LeaveAsync(service, listener).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(HttpContext http, ChannelReader<byte[]> samples, CancellationToken over)
    {
        http.Response.ContentType = "text/event-stream";

        // nginx holds answers back unless it is told not to.
        http.Response.Headers["X-Accel-Buffering"] = "no";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var body = http.Response.Body;
        await body.WriteAsync("retry: 3000\n\n"u8.ToArray(), over).ConfigureAwait(false);
        await body.FlushAsync(over).ConfigureAwait(false);
        while (true)
        {
            var sample = await NextAsync(body, samples, over).ConfigureAwait(false);
            await body.WriteAsync((byte[])[.. "event: overview\ndata: "u8, .. sample, .. "\n\n"u8], over).ConfigureAwait(false);
            await body.FlushAsync(over).ConfigureAwait(false);
        }
    }

    /// <summary>The next sample; comments until it comes, so that nobody on the way takes the connection for dead.</summary>
    private async Task<byte[]> NextAsync(Stream body, ChannelReader<byte[]> samples, CancellationToken over)
    {
        var next = samples.ReadAsync(over).AsTask();
        while (true)
        {
            try
            {
                return await next.WaitAsync(Heartbeat, sources.Time, over).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // Nothing new yet.
                await body.WriteAsync(": still here\n\n"u8.ToArray(), over).ConfigureAwait(false);
                await body.FlushAsync(over).ConfigureAwait(false);
            }
        }
    }
}
