using System.Net;
using System.Net.Sockets;

namespace Fat.TestServers.Network;

/// <summary>Accepts connections on a port of the loopback interface until it is stopped.</summary>
internal sealed class ProxyListener : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _socket;
    private readonly Task _accepting;

    /// <exception cref="SocketException">The port is taken.</exception>
    public ProxyListener(int port, Action<Socket> accepted)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            _socket.Listen();
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        using (ExecutionContext.SuppressFlow())
            _accepting = Task.Run(() => AcceptAsync(accepted, _stop.Token));
    }

    /// <summary>Refuses from now on, also those that connected and were not accepted yet.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync(Action<Socket> accepted, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                accepted(await _socket.AcceptAsync(cancellationToken));
            }
            catch (OperationCanceledException)
            {
                // Stopped: the loop ends.
            }
            catch (SocketException failure) when (failure.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
            {
                // The client gave up before it was accepted; the next one is waited for.
            }
            catch (Exception failure) when (cancellationToken.IsCancellationRequested && failure is SocketException or ObjectDisposedException)
            {
                // The socket was closed while a client was being accepted: the loop ends.
            }
        }
    }
}
