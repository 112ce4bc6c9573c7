using System.Net.Sockets;

namespace Fat.TestServers.Network;

/// <summary>One client's connection to a <see cref="FaultyProxy"/> and the proxy's own to the server.</summary>
internal sealed class ProxyConnection : IAsyncDisposable
{
    private readonly CancellationTokenSource _abort = new();
    private readonly Socket _client;
    private readonly Socket _server = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Func<bool> _isBroken;

    /// <param name="client">The accepted connection.</param>
    /// <param name="route">Where it leads and what happens on the way.</param>
    /// <param name="swallow">Whether the server is never told of it.</param>
    /// <param name="ended">Is called once, when both connections are closed, with what should never have happened.</param>
    public ProxyConnection(Socket client, ProxyRoute route, bool swallow, Action<ProxyConnection, Exception?> ended)
    {
        _client = client;
        _client.NoDelay = true;
        var toServer = new LanePump(route.ToServer, _client, _server, route.Time);
        var toClient = new LanePump(route.ToClient, _server, _client, route.Time);
        _isBroken = () => swallow || toServer.IsBroken || toClient.IsBroken;
        using (ExecutionContext.SuppressFlow())
            Ended = Task.Run(() => RunAsync(ct => swallow ? SwallowAsync(route, ct) : CarryAsync(route, toServer, toClient, ct), ended));
    }

    /// <summary>Completes when both connections are closed. What breaks a connection is no failure of the proxy.</summary>
    public Task Ended { get; }

    /// <summary>Whether bytes were lost, so that the connection cannot be used any more.</summary>
    public bool IsBroken => _isBroken();

    /// <summary>Closes both connections, so that both sides are told of a reset.</summary>
    public async ValueTask DisposeAsync()
    {
        await _abort.CancelAsync();
        await Ended;
        _abort.Dispose();
        _client.Dispose();
        _server.Dispose();
    }

    private async Task RunAsync(Func<CancellationToken, Task> transferAsync, Action<ProxyConnection, Exception?> ended)
    {
        Exception? unexpected = null;
        try
        {
            await transferAsync(_abort.Token);
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            // One side broke the connection, or cannot be reached, or it is cut here: the other side learns it.
            ResetWhenClosed(_client);
            ResetWhenClosed(_server);
        }
        catch (Exception failure)
        {
            unexpected = failure;
        }

        _client.Dispose();
        _server.Dispose();
        ended(this, unexpected);
    }

    private async Task CarryAsync(ProxyRoute route, LanePump toServer, LanePump toClient, CancellationToken cancellationToken)
    {
        var target = route.Target;
        await _server.ConnectAsync(target.Host, target.Port, cancellationToken);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await AllOrNoneAsync(
            [toServer.ReadAsync(any.Token), toServer.WriteAsync(toClient, any.Token), toClient.ReadAsync(any.Token), toClient.WriteAsync(toServer, any.Token)],
            any);
    }

    private async Task SwallowAsync(ProxyRoute route, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        while (await _client.ReceiveAsync(buffer, SocketFlags.None, cancellationToken) is > 0 and var length)
            route.ToServer.CountDropped(length);
        await Task.Delay(Timeout.InfiniteTimeSpan, route.Time, cancellationToken);
    }

    // The first that fails stops the others; all are awaited, and the failure is passed on.
    private static async Task AllOrNoneAsync(List<Task> tasks, CancellationTokenSource stop)
    {
        var all = Task.WhenAll(tasks);
        while (tasks.Count > 0)
        {
            var next = await Task.WhenAny(tasks);
            tasks.Remove(next);
            if (!next.IsCompletedSuccessfully)
                await stop.CancelAsync();
        }

        await all;
    }

    private static void ResetWhenClosed(Socket socket)
    {
        try
        {
            // Closed without lingering, a socket sends a reset.
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (SocketException)
        {
            // Never connected, or already reset by the other side: there is nobody to be told.
        }
    }
}
