namespace Fat.TestServers;

/// <summary>A Redis or Garnet server that is started here as a child process.</summary>
internal sealed class LocalRegistrySource(RedisServerOptions options) : IServerSource<RegistryServer>
{
    public string Name => options.Kind == RedisServerKind.Redis ? "redis-server, started here" : "Garnet, started here";

    public async Task<RegistryServer> StartAsync(Action<string> report, CancellationToken cancellationToken)
    {
        var server = await RedisServer.StartAsync(options, cancellationToken);
        return new RegistryServer(server.ConnectionString, Name, server);
    }
}
