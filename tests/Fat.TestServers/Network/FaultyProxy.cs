using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Fat.TestServers.Network;

/// <summary>A TCP proxy on the loopback interface between a client and a server, in which the network can be made to fail.</summary>
public sealed class FaultyProxy : IAsyncDisposable
{
    private const int PortAttempts = 5;

    private readonly ProxyRoute _route;
    private readonly HashSet<ProxyConnection> _connections = [];
    private readonly List<Exception> _unexpected = [];
    private readonly SemaphoreSlim _gate = new(1);
    private ProxyListener? _listener;
    private volatile bool _swallow;
    private long _acceptedConnections;
    private bool _disposed;

    private FaultyProxy(ProxyRoute route) => _route = route;

    /// <summary>The address that the proxy listens on.</summary>
    public string Host => IPAddress.Loopback.ToString();

    /// <summary>The port that the proxy listens on.</summary>
    public int Port { get; private set; }

    /// <summary>The address and port of the proxy, as <c>127.0.0.1:port</c>.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>What clients send.</summary>
    public ProxyLane ToServer => _route.ToServer;

    /// <summary>What the server replies.</summary>
    public ProxyLane ToClient => _route.ToClient;

    /// <summary>How many connections were accepted so far.</summary>
    public long AcceptedConnections => Interlocked.Read(ref _acceptedConnections);

    /// <summary>How many connections are open now.</summary>
    public int OpenConnections
    {
        get
        {
            lock (_connections)
                return _connections.Count;
        }
    }

    /// <summary>Starts a proxy for a server, which need not listen yet.</summary>
    /// <param name="targetHost">The server's address.</param>
    /// <param name="targetPort">The server's port.</param>
    /// <param name="time">By whose time bytes are delayed; the system's when null.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    public static Task<FaultyProxy> StartAsync(
        string targetHost,
        int targetPort,
        TimeProvider? time = null,
        CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var proxy = new FaultyProxy(new ProxyRoute(targetHost, targetPort, new ProxyLane(), new ProxyLane(), time ?? TimeProvider.System));
        proxy.ListenOnFreePort();
        return Task.FromResult(proxy);
    }

    /// <summary>From now on requests arrive and replies are lost. The connections can only be cut then.</summary>
    public void DropReplies() => ToClient.Rule = TrafficRule.Drop;

    /// <summary>
    /// From now on nothing is forwarded: what is sent is lost, and new connections are accepted without the server being
    /// told. The connections can only be cut then.
    /// </summary>
    public void BlackHole()
    {
        _swallow = true;
        ToServer.Rule = TrafficRule.Drop;
        ToClient.Rule = TrafficRule.Drop;
    }

    /// <summary>
    /// Resets every connection, on both sides, and returns when all are closed. New ones are accepted as before.
    /// </summary>
    public async Task CutAsync(CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            // Clients may be connected that are not accepted yet; they are reset by a listener that closes. It is back
            // before the others learn of their fate and connect again.
            if (_listener is not null)
            {
                await _listener.DisposeAsync();
                _listener = Listen(Port);
            }

            await CutAsync(_ => true);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>From now on new connections lead to another server, as after a failover; those that exist stay.</summary>
    public void Retarget(string targetHost, int targetPort) => _route.Target = new ProxyRoute.Endpoint(targetHost, targetPort);

    /// <summary>From now on new connections are refused; those that exist stay.</summary>
    public async Task RefuseAsync(CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_listener is not null)
                await _listener.DisposeAsync();
            _listener = null;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>
    /// Ends every fault: bytes pass, connections are accepted and reach the server. Connections that lost bytes are cut,
    /// for nothing that follows a gap may arrive.
    /// </summary>
    public async Task HealAsync(CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _swallow = false;
            ToServer.Rule = TrafficRule.Pass;
            ToClient.Rule = TrafficRule.Pass;
            await CutAsync(connection => connection.IsBroken);
            _listener ??= Listen(Port);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Refuses new connections and resets those that exist.</summary>
    /// <exception cref="AggregateException">In the proxy itself something went wrong before.</exception>
    public async ValueTask DisposeAsync()
    {
        await RefuseAsync();
        await _gate.WaitAsync();
        _disposed = true;
        await CutAsync(_ => true);
        _gate.Release();
        if (_unexpected.Count > 0)
            throw new AggregateException("The proxy failed in a way that is not a fault it was asked for.", _unexpected);
    }

    private async Task CutAsync(Func<ProxyConnection, bool> which)
    {
        List<ProxyConnection> chosen;
        lock (_connections)
            chosen = [.. _connections.Where(which)];
        await Task.WhenAll(chosen.Select(connection => connection.DisposeAsync().AsTask()));
    }

    private void ListenOnFreePort()
    {
        for (var attempt = 1; _listener is null; attempt++)
        {
            Port = FreePort.Next();
            try
            {
                _listener = Listen(Port);
            }
            catch (SocketException failure) when (failure.SocketErrorCode == SocketError.AddressAlreadyInUse && attempt < PortAttempts)
            {
                // Another process was quicker; the next port is another one.
            }
        }
    }

    private ProxyListener Listen(int port) => new(port, Accept);

    private void Accept(Socket client)
    {
        Interlocked.Increment(ref _acceptedConnections);
        lock (_connections)
            _connections.Add(new ProxyConnection(client, _route, _swallow, Remove));
    }

    // One that ends at once waits here until it was added.
    private void Remove(ProxyConnection connection, Exception? unexpected)
    {
        lock (_connections)
        {
            _connections.Remove(connection);
            if (unexpected is not null)
                _unexpected.Add(unexpected);
        }
    }
}
