using System.Globalization;
using System.Net.Sockets;

namespace Fat.TestServers;

/// <summary>The Redis server that an environment variable names. It is not ours to stop.</summary>
internal sealed class EnvironmentRegistrySource(string? connectionString) : IServerSource<RegistryServer>
{
    private const int DefaultPort = 6379;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    public string Name => $"the server that {RegistryServer.Variable} names";

    public async Task<RegistryServer> StartAsync(Action<string> report, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(connectionString))
            throw new ServerNotFoundException($"{RegistryServer.Variable} is not set.");
        try
        {
            await PingAsync(connectionString, cancellationToken).WaitAsync(AnswerTimeout, TimeProvider.System, cancellationToken);
            return new RegistryServer(connectionString, Name, owned: null);
        }
        catch (Exception failure) when (failure is SocketException or IOException or RespException or TimeoutException or FormatException)
        {
            throw new InvalidOperationException($"The Redis server that {RegistryServer.Variable} names does not answer: {failure.Message}", failure);
        }
    }

    private static async Task PingAsync(string connectionString, CancellationToken cancellationToken)
    {
        var parts = connectionString.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var settings = parts.Where(part => part.Contains('=', StringComparison.Ordinal)).Select(part => part.Split('=', 2))
            .ToLookup(setting => setting[0], setting => setting[1], StringComparer.OrdinalIgnoreCase);

        // What is checked here speaks no TLS; the client that does will tell.
        if (settings["ssl"].LastOrDefault() is { } ssl && bool.Parse(ssl))
            return;
        var address = parts.FirstOrDefault(part => !part.Contains('=', StringComparison.Ordinal)) ?? throw new FormatException("It names no host.");
        var colon = address.LastIndexOf(':');
        var host = colon < 0 ? address : address[..colon];
        var port = colon < 0 ? DefaultPort : int.Parse(address[(colon + 1)..], CultureInfo.InvariantCulture);
        await using var connection = await RespConnection.ConnectAsync(host, port, settings["password"].LastOrDefault(), cancellationToken);
        await connection.ExecuteAsync(["PING"], cancellationToken);
    }
}
