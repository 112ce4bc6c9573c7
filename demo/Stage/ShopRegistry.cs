using System.Globalization;
using System.Security.Cryptography;
using Fat.Testing.Servers;
using StackExchange.Redis;

namespace Demo.Stage;

/// <summary>The registry that the services share.</summary>
internal sealed class ShopRegistry(RegistryServer server) : IAsyncDisposable
{
    /// <summary>The prefix of this run's keys: the server may serve others as well.</summary>
    public string KeyPrefix { get; } = $"demo-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";

    public string ConnectionString => server.ConnectionString;

    /// <summary>The server without its password, for people.</summary>
    public string Address => server.ConnectionString.Split(',')[0];

    public string Origin => server.Origin;

    /// <summary>Deletes everything, or, on a server that is not only ours, everything of this run. Says what was done.</summary>
    public async Task<string> EmptyAsync()
    {
        using var connection = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        var database = connection.GetDatabase();
        if (server.Process is null)
            return $"{await DeleteOwnKeysAsync(connection, database)} keys of this run are deleted; the server is not only ours";
        var keys = (long)await database.ExecuteAsync("DBSIZE");
        await database.ExecuteAsync("FLUSHALL");
        return string.Create(CultureInfo.InvariantCulture, $"FLUSHALL: {keys} keys are gone");
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task<long> DeleteOwnKeysAsync(ConnectionMultiplexer connection, IDatabase database)
    {
        var keys = connection.GetEndPoints().SelectMany(endPoint => connection.GetServer(endPoint).Keys(pattern: $"{KeyPrefix}:*"));
        var deleted = await Task.WhenAll(keys.Select(key => database.KeyDeleteAsync(key)).ToList());
        return deleted.Count(wasThere => wasThere);
    }
}
