using System.Diagnostics;
using System.Net.Sockets;
using Fat.TestServers.Network;

namespace Fat.TestServers.Tests.Network;

public sealed class FaultyProxyTests : IAsyncLifetime
{
    private const string Ping = "*1\r\n$4\r\nPING\r\n";

    private RedisServer _server = null!;
    private FaultyProxy _proxy = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync(cancellationToken: Cancellation);
        _proxy = await FaultyProxy.StartAsync(_server.Host, _server.Port, cancellationToken: Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Without_a_fault_everything_passes_and_is_counted()
    {
        await using (var connection = await ConnectAsync())
        {
            var value = new string('x', 1_000_000);
            Assert.Equal("OK", await connection.ExecuteAsync(["SET", "key", value], Cancellation));
            Assert.Equal(value, await connection.ExecuteAsync(["GET", "key"], Cancellation));
            Assert.Equal(1, _proxy.OpenConnections);
        }

        await _proxy.ToServer.WaitUntilAsync(lane => lane.BytesForwarded > 1_000_000, Cancellation);
        await _proxy.ToClient.WaitUntilAsync(lane => lane.BytesForwarded > 1_000_000, Cancellation);
        Assert.Equal(0, _proxy.ToServer.BytesDropped + _proxy.ToClient.BytesDropped);
        Assert.Equal(1, _proxy.AcceptedConnections);
    }

    [Fact]
    public async Task A_request_whose_reply_is_lost_was_executed()
    {
        await using var connection = await ConnectAsync();
        _proxy.DropReplies();

        await connection.SendAsync(["SET", "key", "value"], Cancellation);
        var reply = connection.ReceiveAsync(Cancellation);
        await _proxy.ToClient.WaitUntilAsync(lane => lane.BytesDropped > 0, Cancellation);

        Assert.False(reply.IsCompleted);
        Assert.Equal("+OK\r\n".Length, _proxy.ToClient.BytesDropped);
        await using var direct = await _server.ConnectAsync(Cancellation);
        Assert.Equal("value", await direct.ExecuteAsync(["GET", "key"], Cancellation));

        await _proxy.CutAsync(Cancellation);
        await Assert.ThrowsAsync<IOException>(() => reply);
    }

    [Fact]
    public async Task No_reply_arrives_after_one_that_was_lost()
    {
        await using var connection = await ConnectAsync();
        _proxy.DropReplies();
        await connection.SendAsync(["SET", "key", "value"], Cancellation);
        await _proxy.ToClient.WaitUntilAsync(lane => lane.BytesDropped > 0, Cancellation);

        _proxy.ToClient.Rule = TrafficRule.Pass;
        await connection.SendAsync(["GET", "key"], Cancellation);
        await _proxy.ToClient.WaitUntilAsync(lane => lane.BytesDropped > "+OK\r\n".Length, Cancellation);
        Assert.Equal(0, _proxy.ToClient.BytesForwarded);

        await _proxy.HealAsync(Cancellation);
        await Assert.ThrowsAsync<IOException>(() => connection.ReceiveAsync(Cancellation));
        await using var next = await ConnectAsync();
        Assert.Equal("value", await next.ExecuteAsync(["GET", "key"], Cancellation));
    }

    [Fact]
    public async Task A_cut_closes_every_connection_and_new_ones_are_accepted()
    {
        await using var first = await ConnectAsync();
        await using var second = await ConnectAsync();
        await first.ExecuteAsync(["PING"], Cancellation);

        // The second one may not be accepted by the proxy yet.
        await _proxy.CutAsync(Cancellation);

        Assert.Equal(0, _proxy.OpenConnections);
        await Assert.ThrowsAsync<IOException>(() => first.ReceiveAsync(Cancellation));
        await Assert.ThrowsAsync<IOException>(() => second.ReceiveAsync(Cancellation));
        await using var next = await ConnectAsync();
        Assert.Equal("PONG", await next.ExecuteAsync(["PING"], Cancellation));
    }

    [Fact]
    public async Task A_delay_lets_everything_arrive_later_and_in_order()
    {
        await using var connection = await ConnectAsync();
        await connection.ExecuteAsync(["SET", "number", "0"], Cancellation);
        _proxy.ToServer.Rule = TrafficRule.Delay(TimeSpan.FromMilliseconds(60));
        _proxy.ToClient.Rule = TrafficRule.Delay(TimeSpan.FromMilliseconds(40));

        var start = Stopwatch.GetTimestamp();
        for (var request = 0; request < 5; request++)
            await connection.SendAsync(["INCR", "number"], Cancellation);
        for (var request = 1; request <= 5; request++)
            Assert.Equal(request.ToString(provider: null), await connection.ReceiveAsync(Cancellation));

        var elapsed = Stopwatch.GetElapsedTime(start);
        Assert.True(elapsed >= TimeSpan.FromMilliseconds(99), $"The replies came after {elapsed}.");
    }

    [Fact]
    public async Task A_delay_that_is_lifted_lets_go_what_it_delayed()
    {
        await using var connection = await ConnectAsync();
        _proxy.ToClient.Rule = TrafficRule.Delay(TimeSpan.FromDays(1));
        await connection.SendAsync(["PING"], Cancellation);
        await _proxy.ToServer.WaitUntilAsync(lane => lane.BytesForwarded > 0, Cancellation);

        _proxy.ToClient.Rule = TrafficRule.Pass;

        Assert.Equal("PONG", await connection.ReceiveAsync(Cancellation));
    }

    [Fact]
    public async Task What_is_held_arrives_when_it_may_pass()
    {
        await using var connection = await ConnectAsync();
        await connection.ExecuteAsync(["PING"], Cancellation);
        await _proxy.ToServer.WaitUntilAsync(lane => lane.BytesForwarded == Ping.Length, Cancellation);
        _proxy.ToServer.Rule = TrafficRule.Hold;
        await connection.SendAsync(["PING"], Cancellation);
        var reply = connection.ReceiveAsync(Cancellation);
        Assert.Equal(Ping.Length, _proxy.ToServer.BytesForwarded);

        await _proxy.HealAsync(Cancellation);

        Assert.Equal("PONG", await reply);
    }

    [Fact]
    public async Task Refused_are_new_connections_only()
    {
        await using var connection = await ConnectAsync();
        await connection.ExecuteAsync(["PING"], Cancellation);
        await _proxy.RefuseAsync(Cancellation);

        var failure = await Assert.ThrowsAnyAsync<SocketException>(ConnectAsync);
        Assert.Equal(SocketError.ConnectionRefused, failure.SocketErrorCode);
        Assert.Equal("PONG", await connection.ExecuteAsync(["PING"], Cancellation));

        await _proxy.HealAsync(Cancellation);
        await using var next = await ConnectAsync();
        Assert.Equal("PONG", await next.ExecuteAsync(["PING"], Cancellation));
        Assert.Equal("PONG", await connection.ExecuteAsync(["PING"], Cancellation));
    }

    [Fact]
    public async Task A_black_hole_accepts_and_never_answers()
    {
        await using var old = await ConnectAsync();
        await old.ExecuteAsync(["PING"], Cancellation);
        await _proxy.ToServer.WaitUntilAsync(lane => lane.BytesForwarded == Ping.Length, Cancellation);
        _proxy.BlackHole();

        await using var connection = await ConnectAsync();
        await connection.SendAsync(["SET", "key", "1"], Cancellation);
        await _proxy.ToServer.WaitUntilAsync(lane => lane.BytesDropped > 0, Cancellation);
        var dropped = _proxy.ToServer.BytesDropped;
        await old.SendAsync(["SET", "key", "2"], Cancellation);
        await _proxy.ToServer.WaitUntilAsync(lane => lane.BytesDropped > dropped, Cancellation);

        Assert.Equal(Ping.Length, _proxy.ToServer.BytesForwarded);
        await using var direct = await _server.ConnectAsync(Cancellation);
        Assert.Null(await direct.ExecuteAsync(["GET", "key"], Cancellation));

        await _proxy.HealAsync(Cancellation);
        await Assert.ThrowsAsync<IOException>(() => old.ReceiveAsync(Cancellation));
        await Assert.ThrowsAsync<IOException>(() => connection.ReceiveAsync(Cancellation));
    }

    [Fact]
    public async Task The_client_learns_that_the_server_is_killed_and_that_it_is_down()
    {
        await using var connection = await ConnectAsync();
        await connection.ExecuteAsync(["PING"], Cancellation);

        await _server.KillAsync(Cancellation);
        await Assert.ThrowsAsync<IOException>(() => connection.ReceiveAsync(Cancellation));

        // The reset may come as early as in the connecting.
        var failure = await Record.ExceptionAsync(PingAsync);
        Assert.True(failure is IOException or SocketException, $"Not what was expected: {failure}");

        await _server.RestartAsync(keepData: true, Cancellation);
        await using var next = await ConnectAsync();
        Assert.Equal("PONG", await next.ExecuteAsync(["PING"], Cancellation));
    }

    [Fact]
    public async Task What_a_server_said_last_arrives_before_the_news_that_it_is_gone()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        _proxy.Retarget("127.0.0.1", ((System.Net.IPEndPoint)listener.LocalEndpoint).Port);
        using var client = new TcpClient();
        await client.ConnectAsync(_proxy.Host, _proxy.Port, Cancellation);
        using (var server = await listener.AcceptSocketAsync(Cancellation))
        {
            await client.Client.SendAsync("hello"u8.ToArray(), Cancellation);
            Assert.Equal(5, await server.ReceiveAsync(new byte[16], Cancellation));
            _proxy.ToClient.Rule = TrafficRule.Hold;
            await server.SendAsync("bye"u8.ToArray(), Cancellation);
        }

        // The first of these the server's system refuses, the next ones cannot be sent at all.
        for (var times = 0; times < 5; times++)
        {
            var forwarded = _proxy.ToServer.BytesForwarded;
            await client.Client.SendAsync("more"u8.ToArray(), Cancellation);
            await Task.WhenAny(_proxy.ToServer.WaitUntilAsync(lane => lane.BytesForwarded > forwarded, Cancellation), Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancellation));
        }

        _proxy.ToClient.Rule = TrafficRule.Pass;

        var buffer = new byte[16];
        Assert.Equal(3, await client.Client.ReceiveAsync(buffer, Cancellation));
        Assert.Equal("bye"u8.ToArray(), buffer[..3]);
        Assert.True(await IsOverAsync(client.Client));

        static async Task<bool> IsOverAsync(Socket socket)
        {
            try
            {
                return await socket.ReceiveAsync(new byte[16], Cancellation) == 0;
            }
            catch (SocketException)
            {
                return true;
            }
        }
    }

    [Fact]
    public async Task The_end_of_a_client_that_dies_is_told_to_the_server()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        _proxy.Retarget("127.0.0.1", ((System.Net.IPEndPoint)listener.LocalEndpoint).Port);
        using var client = new TcpClient();
        await client.ConnectAsync(_proxy.Host, _proxy.Port, Cancellation);
        using var server = await listener.AcceptSocketAsync(Cancellation);
        await client.Client.SendAsync("hello"u8.ToArray(), Cancellation);
        Assert.Equal(5, await server.ReceiveAsync(new byte[16], Cancellation));

        // Closed without lingering it sends a reset, as a process does that is killed with something unread.
        client.Client.Close(timeout: 0);

        var told = server.ReceiveAsync(new byte[16], Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Cancellation);
        Assert.Equal(SocketError.ConnectionReset, (await Assert.ThrowsAsync<SocketException>(() => told)).SocketErrorCode);
    }

    [Fact]
    public async Task The_end_of_a_client_is_told_to_the_server()
    {
        await using (var connection = await ConnectAsync())
            await connection.ExecuteAsync(["CLIENT", "SETNAME", "through-the-proxy"], Cancellation);

        await using var direct = await _server.ConnectAsync(Cancellation);
        while (((string)(await direct.ExecuteAsync(["CLIENT", "LIST"], Cancellation))!).Contains("through-the-proxy", StringComparison.Ordinal))
            await Task.Yield();
    }

    [Fact]
    public async Task Nothing_is_open_after_it_is_disposed()
    {
        await using var connection = await ConnectAsync();
        await connection.ExecuteAsync(["PING"], Cancellation);

        await _proxy.DisposeAsync();

        await Assert.ThrowsAsync<IOException>(() => connection.ReceiveAsync(Cancellation));
        await Assert.ThrowsAnyAsync<SocketException>(ConnectAsync);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _proxy.HealAsync(Cancellation));
    }

    private async Task PingAsync()
    {
        await using var connection = await ConnectAsync();
        await connection.ExecuteAsync(["PING"], Cancellation);
    }

    private Task<RespConnection> ConnectAsync() => RespConnection.ConnectAsync(_proxy.Host, _proxy.Port, cancellationToken: Cancellation);
}
