namespace Fat.TestServers;

/// <summary>A PostgreSQL server that is started here as a child process.</summary>
internal sealed class LocalDatabaseSource(PostgresServerOptions options) : IServerSource<DatabaseServer>
{
    public string Name => "PostgreSQL, started here";

    public async Task<DatabaseServer> StartAsync(Action<string> report, CancellationToken cancellationToken)
    {
        var server = await PostgresServer.StartAsync(options, cancellationToken);
        return new DatabaseServer(new PostgresAdministration(server.ConnectionString()), Name, server);
    }
}
