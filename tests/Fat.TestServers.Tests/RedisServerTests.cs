using System.Net.Sockets;

namespace Fat.TestServers.Tests;

public sealed class RedisServerTests : RedisServerContract
{
    protected override RedisServerKind Kind => RedisServerKind.Redis;

    [Fact]
    public async Task A_replica_receives_what_the_master_is_told()
    {
        await using var master = await RedisServer.StartAsync(new RedisServerOptions { Password = "secret" }, Cancellation);
        var options = new RedisServerOptions { Password = "secret", ReplicaOf = master.EndPoint };
        await using var replica = await RedisServer.StartAsync(options, Cancellation);

        await using var connection = await master.ConnectAsync(Cancellation);
        do
            await connection.ExecuteAsync(["SET", "key", "value"], Cancellation);
        while (await connection.ExecuteAsync(["WAIT", "1", "100"], Cancellation) is not "1");

        await using var reader = await replica.ConnectAsync(Cancellation);
        Assert.Equal("value", await reader.ExecuteAsync(["GET", "key"], Cancellation));
    }
}

public sealed class GarnetServerTests : RedisServerContract
{
    protected override RedisServerKind Kind => RedisServerKind.Garnet;
}

/// <summary>What is true of every server that speaks Redis's protocol.</summary>
public abstract class RedisServerContract
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract RedisServerKind Kind { get; }

    [Fact]
    public async Task It_answers_and_runs_scripts()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Kind = Kind }, Cancellation);
        await using var connection = await server.ConnectAsync(Cancellation);

        Assert.Equal("PONG", await connection.ExecuteAsync(["PING"], Cancellation));
        const string script = "redis.call('SET', KEYS[1], ARGV[1]) return redis.call('GET', KEYS[1])";
        Assert.Equal("välue", await connection.ExecuteAsync(["EVAL", script, "1", "key", "välue"], Cancellation));
        Assert.Equal($"127.0.0.1:{server.Port}", server.ConnectionString);
    }

    [Fact]
    public async Task What_was_answered_survives_a_kill_when_it_is_append_only()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Kind = Kind, AppendOnly = true }, Cancellation);
        var port = server.Port;
        await SetAsync(server, "key", "value");

        await server.KillAsync(Cancellation);
        await Assert.ThrowsAnyAsync<SocketException>(() => server.ConnectAsync(Cancellation));
        await server.RestartAsync(keepData: true, Cancellation);

        Assert.Equal(port, server.Port);
        Assert.Equal("value", await GetAsync(server, "key"));
    }

    [Fact]
    public async Task A_restart_without_the_data_starts_empty()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Kind = Kind, AppendOnly = true }, Cancellation);
        await SetAsync(server, "key", "value");

        await server.RestartAsync(keepData: false, Cancellation);

        Assert.Null(await GetAsync(server, "key"));
    }

    [Fact]
    public async Task A_server_that_is_not_append_only_forgets_in_a_restart()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Kind = Kind }, Cancellation);
        await SetAsync(server, "key", "value");

        await server.RestartAsync(keepData: true, Cancellation);

        Assert.Null(await GetAsync(server, "key"));
    }

    [Fact]
    public async Task It_answers_nobody_without_the_password()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Kind = Kind, Password = "secret" }, Cancellation);

        await using var stranger = await RespConnection.ConnectAsync(server.Host, server.Port, cancellationToken: Cancellation);
        await Assert.ThrowsAsync<RespException>(() => stranger.ExecuteAsync(["GET", "key"], Cancellation));
        Assert.Null(await GetAsync(server, "key"));
    }

    [Fact]
    public async Task A_paused_server_answers_when_it_is_resumed()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Kind = Kind }, Cancellation);
        await using var connection = await server.ConnectAsync(Cancellation);

        await server.PauseAsync(Cancellation);
        await connection.SendAsync(["PING"], Cancellation);
        var reply = connection.ReceiveAsync(Cancellation);
        Assert.False(reply.IsCompleted);

        await server.ResumeAsync(Cancellation);
        Assert.Equal("PONG", await reply);
    }

    [Fact]
    public async Task Nothing_of_it_is_left_after_it_is_disposed()
    {
        var server = await RedisServer.StartAsync(new RedisServerOptions { Kind = Kind }, Cancellation);
        var processId = server.ProcessId;
        Assert.True(ProcessTable.IsAlive(processId));

        await server.DisposeAsync();

        Assert.False(ProcessTable.IsAlive(processId));
        await Assert.ThrowsAnyAsync<SocketException>(() => server.ConnectAsync(Cancellation));
    }

    [Fact]
    public async Task A_server_that_cannot_start_says_why()
    {
        var options = new RedisServerOptions { Kind = Kind, ExtraArguments = ["--no-such-option", "1"] };

        var failure = await Assert.ThrowsAsync<ServerStartException>(() => RedisServer.StartAsync(options, Cancellation));

        Assert.Contains("no-such-option", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_was_asked_for_and_is_taken_is_an_error()
    {
        await using var first = await RedisServer.StartAsync(new RedisServerOptions { Kind = Kind }, Cancellation);

        var failure = await Assert.ThrowsAsync<ServerStartException>(
            () => RedisServer.StartAsync(new RedisServerOptions { Kind = Kind, Port = first.Port }, Cancellation));

        Assert.Contains("already", failure.Message, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task SetAsync(RedisServer server, string key, string value)
    {
        await using var connection = await server.ConnectAsync(Cancellation);
        await connection.ExecuteAsync(["SET", key, value], Cancellation);
    }

    private static async Task<object?> GetAsync(RedisServer server, string key)
    {
        await using var connection = await server.ConnectAsync(Cancellation);
        return await connection.ExecuteAsync(["GET", key], Cancellation);
    }
}
