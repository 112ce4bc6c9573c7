using System.Security.Cryptography;
using Fat.TestServers;
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
    public async Task<string> EmptyAsync(CancellationToken cancellationToken)
    {
        if (server.Process is not { } process)
            return $"{await DeleteOwnKeysAsync()} keys of this run are deleted; the server is not only ours";
        await using var connection = await process.ConnectAsync(cancellationToken);
        var keys = await connection.ExecuteAsync(["DBSIZE"], cancellationToken);
        await connection.ExecuteAsync(["FLUSHALL"], cancellationToken);
        return $"FLUSHALL: {keys} keys are gone";
    }

    /// <summary>Stops the server; on one that is not only ours, deletes the keys of this run instead.</summary>
    public async ValueTask DisposeAsync()
    {
        if (server.Process is null)
            await DeleteOwnKeysAsync();
        await server.DisposeAsync();
    }

    private async Task<int> DeleteOwnKeysAsync()
    {
        using var connection = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        var database = connection.GetDatabase();
        var keys = connection.GetEndPoints().SelectMany(endPoint => connection.GetServer(endPoint).Keys(pattern: $"{KeyPrefix}:*"));
        var deleted = await Task.WhenAll(keys.Select(key => database.KeyDeleteAsync(key)).ToList());
        return deleted.Count(wasThere => wasThere);
    }
}
