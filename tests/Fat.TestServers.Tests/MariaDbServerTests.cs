using System.Net.Sockets;
using System.Text;

namespace Fat.TestServers.Tests;

public sealed class MariaDbServerTests : IAsyncLifetime
{
    private static readonly MariaDbServerOptions Fast = new() { Fsync = false };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, Func<MariaDbServer, Task>> WaysToEnd => new()
    {
        { "stop", server => server.StopAsync(Cancellation) },
        { "kill", server => server.KillAsync(Cancellation) },
    };

    public async ValueTask InitializeAsync() => await ServerPrograms.EnsureMariaDbAsync(cancellationToken: Cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [MemberData(nameof(WaysToEnd), DisableDiscoveryEnumeration = true)]
    public async Task It_starts_again_on_its_port_after_every_end(string name, Func<MariaDbServer, Task> endAsync)
    {
        await using var server = await MariaDbServer.StartAsync(Fast, Cancellation);
        var (port, process) = (server.Port, server.ProcessId);
        Assert.Contains("MariaDB", await GreetingAsync(port), StringComparison.Ordinal);

        await endAsync(server);
        Assert.False(server.IsRunning, name);
        await server.StartAgainAsync(Cancellation);

        Assert.Equal(port, server.Port);
        Assert.NotEqual(process, server.ProcessId);
        Assert.Contains("MariaDB", await GreetingAsync(port), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_listens_when_it_is_disposed()
    {
        int port;
        await using (var server = await MariaDbServer.StartAsync(Fast, Cancellation))
            port = server.Port;

        await Assert.ThrowsAsync<SocketException>(() => GreetingAsync(port));
    }

    [Fact]
    public async Task A_setting_that_it_does_not_know_ends_the_start_with_its_own_words()
    {
        var options = Fast with { Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["no-such-setting"] = "1" } };

        var failure = await Assert.ThrowsAsync<ServerStartException>(() => MariaDbServer.StartAsync(options, Cancellation));

        Assert.Contains("no-such-setting", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>The server speaks first: its version.</summary>
    private static async Task<string> GreetingAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port, Cancellation);
        var buffer = new byte[128];
        var length = await client.GetStream().ReadAtLeastAsync(buffer, 32, throwOnEndOfStream: false, Cancellation);
        return Encoding.ASCII.GetString(buffer, 0, length);
    }
}
