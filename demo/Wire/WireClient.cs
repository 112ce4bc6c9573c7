using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Fat;

namespace Wire;

/// <summary>Calls a service over the wire, in the caller's group when there is one.</summary>
/// <param name="service">The called service, for people.</param>
/// <param name="port">The port of the loopback interface that it listens on.</param>
public sealed class WireClient(string service, int port)
{
    private static readonly Dictionary<string, string> NoFields = new(StringComparer.Ordinal);

    public async Task CallAsync<TRequest>(TRequest request, CancellationToken cancellationToken)
    {
        // Sent with the call, the fields make the called scope a child of this group; or say that this service takes no part in the group it was called from.
        var call = FatContext.BuildRemoteData(service);
        var handled = FatUnjoinedCall.Current;
        try
        {
            var reply = await ExchangeAsync(new WireMessage(JsonSerializer.SerializeToElement(request), call?.Fields ?? handled?.Fields), cancellationToken);
            handled?.Answered(reply.Fields ?? NoFields);
            if (reply.Error is { } error)
                Fail(call, error, reply.Fields);
            call?.Answered(reply.Fields ?? NoFields);
        }
        catch (Exception failure) when (failure is IOException or SocketException or JsonException or OperationCanceledException)
        {
            // No answer is no vote: the group must not commit.
            call?.Failed(failure.Message);
            throw;
        }
    }

    private async Task<WireMessage> ExchangeAsync(WireMessage request, CancellationToken cancellationToken)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        await using var stream = client.GetStream();
        await WireFrame.WriteAsync(stream, request, cancellationToken);
        return await WireFrame.ReadAsync(stream, cancellationToken) ?? throw new IOException($"{service} closed the connection.");
    }

    private void Fail(FatRemoteCall? call, string error, IReadOnlyDictionary<string, string>? reply)
    {
        call?.Failed(error, reply);
        throw new WireException($"{service} refused: {error}");
    }
}
