using Npgsql;

namespace Fat.TestServers;

/// <summary>The PostgreSQL server that an environment variable names. It is not ours to stop.</summary>
internal sealed class EnvironmentDatabaseSource(string? connectionString) : IServerSource<DatabaseServer>
{
    private const string PreparedTransactions = "max_prepared_transactions";

    public string Name => $"the server that {DatabaseServer.Variable} names";

    public async Task<DatabaseServer> StartAsync(Action<string> report, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(connectionString))
            throw new ServerNotFoundException($"{DatabaseServer.Variable} is not set.");
        try
        {
            var administration = new PostgresAdministration(connectionString);
            if (await administration.SettingAsync(PreparedTransactions, cancellationToken) is "0")
                report($"The PostgreSQL server that {DatabaseServer.Variable} names has {PreparedTransactions} = 0: nothing can be prepared there.");
            return new DatabaseServer(administration, Name, owned: null);
        }
        catch (Exception failure) when (failure is NpgsqlException or ArgumentException)
        {
            throw new InvalidOperationException(
                $"The PostgreSQL server that {DatabaseServer.Variable} names does not answer: {failure.Message}", failure);
        }
    }
}
