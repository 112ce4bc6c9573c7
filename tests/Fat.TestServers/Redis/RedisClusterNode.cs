namespace Fat.TestServers;

/// <summary>One server of a <see cref="RedisCluster"/>.</summary>
/// <param name="Server">The process.</param>
/// <param name="BusPort">Where the other nodes reach it.</param>
/// <param name="Id">Its name in the cluster.</param>
public sealed record RedisClusterNode(RedisServer Server, int BusPort, string Id)
{
    /// <summary>Sends one command over a connection of its own.</summary>
    /// <exception cref="RespException">The server answered with an error.</exception>
    public async Task<object?> ExecuteAsync(IReadOnlyList<string> command, CancellationToken cancellationToken = default)
    {
        await using var connection = await Server.ConnectAsync(cancellationToken);
        return await connection.ExecuteAsync(command, cancellationToken);
    }

    /// <summary>Whether the node says of itself that it is a master.</summary>
    public async Task<bool> IsMasterAsync(CancellationToken cancellationToken = default) =>
        await ExecuteAsync(["ROLE"], cancellationToken) is IReadOnlyList<object?> and ["master", ..];

    /// <inheritdoc/>
    public override string ToString() => Server.ConnectionString;
}
