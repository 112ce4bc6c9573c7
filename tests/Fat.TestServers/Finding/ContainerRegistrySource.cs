using System.Globalization;
using System.Net.Sockets;

namespace Fat.TestServers;

/// <summary>Redis in a container.</summary>
/// <param name="options">How the server is started.</param>
/// <param name="folders">Where the engine's command is looked for; in the PATH when null.</param>
internal sealed class ContainerRegistrySource(RedisServerOptions options, IReadOnlyList<string>? folders = null) : IServerSource<RegistryServer>
{
    private const string Image = "docker.io/library/redis:7";
    private const int ContainerPort = 6379;

    public string Name => $"{Image} in a container";

    public async Task<RegistryServer> StartAsync(Action<string> report, CancellationToken cancellationToken)
    {
        if (options.ReplicaOf is not null)
            throw new ServerNotFoundException("A container does not reach a master on this machine's loopback interface.");
        var engine = await ContainerEngine.FindAsync(folders, cancellationToken);
        report($"Starting {Image} with {engine.Name}, which fetches it first if need be …");
        var container = await engine.RunAsync(Image, ContainerPort, new Dictionary<string, string>(StringComparer.Ordinal), [.. Arguments()], cancellationToken);
        try
        {
            await container.WaitUntilReadyAsync(token => AnswersAsync(container.Port, token), cancellationToken);
            var address = string.Create(CultureInfo.InvariantCulture, $"{RedisServer.LoopbackHost}:{container.Port}");
            var connectionString = options.Password is { } password ? $"{address},password={password}" : address;
            return new RegistryServer(connectionString, Name, container);
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }

    private IEnumerable<string> Arguments()
    {
        string[] persistence = ["--save", "", "--appendonly", options.AppendOnly ? "yes" : "no", "--appendfsync", "always"];
        string[] password = options.Password is null ? [] : ["--requirepass", options.Password];
        return [.. persistence, .. password, .. options.ExtraArguments];
    }

    private async Task<bool> AnswersAsync(int port, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await RespConnection.ConnectAsync(RedisServer.LoopbackHost, port, options.Password, cancellationToken);
            return await connection.ExecuteAsync(["PING"], cancellationToken) is "PONG";
        }
        catch (Exception failure) when (failure is SocketException or IOException or RespException)
        {
            // The image is still fetched, or the server still starts.
            return false;
        }
    }
}
