using System.Net.Sockets;

namespace Fat.Torture.Service;

/// <summary>
/// Stands where the network is, inside of Fat's propagation handler: sends a request a second time, with the same context, to
/// the same instance or the other one, behind the first, beside it, or before it.
/// </summary>
internal sealed class RepeatingHandler(Disturbance disturbance, Peers peers, TimeProvider time) : DelegatingHandler
{
    private const int LongestDelay = 4_000;
    private const int LongestHold = 1_500;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (disturbance.Duplicates && Random.Shared.Next(2) == 0)
        {
            var later = TimeSpan.FromMilliseconds(Random.Shared.Next(3) == 0 ? 0 : Random.Shared.Next(LongestDelay));
            _ = SendAgainAsync(await CopyAsync(request, cancellationToken), later);
        }
        else if (disturbance.Reorders)
        {
            // Overtaken by whatever is sent meanwhile, now and then by its own copy.
            if (Random.Shared.Next(4) == 0)
                _ = SendAgainAsync(await CopyAsync(request, cancellationToken), TimeSpan.Zero);
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(LongestHold)), time, cancellationToken);
        }

        return await base.SendAsync(request, cancellationToken);
    }

    private async Task<HttpRequestMessage> CopyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var address = new Uri(peers.AnyBeside(request.RequestUri!), request.RequestUri!.PathAndQuery);
        var copy = new HttpRequestMessage(request.Method, address);
        foreach (var (name, values) in request.Headers)
            copy.Headers.TryAddWithoutValidation(name, values);
        await request.Content!.LoadIntoBufferAsync(cancellationToken);
        copy.Content = new ByteArrayContent(await request.Content.ReadAsByteArrayAsync(cancellationToken));
        copy.Content.Headers.ContentType = request.Content.Headers.ContentType;
        return copy;
    }

    /// <summary>Nobody waits for the copy's answer, as nobody does for that of a request that the network has doubled.</summary>
    private async Task SendAgainAsync(HttpRequestMessage copy, TimeSpan later)
    {
        try
        {
            using (copy)
            {
                await Task.Delay(later, time);
                using var response = await base.SendAsync(copy, CancellationToken.None);
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // Lost, like its answer.
        }
    }
}
