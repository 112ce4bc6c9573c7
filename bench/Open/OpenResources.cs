namespace Fat.Bench.Open;

/// <summary>What the service's process uses.</summary>
/// <param name="Threads">Its threads, the runtime's own included.</param>
/// <param name="RedisConnections">Its connections to the registry.</param>
/// <param name="RedisBlocking">How many of these wait in a blocking pop.</param>
/// <param name="PoolConnections">Its connections to the database from the application's pool.</param>
/// <param name="ReservedConnections">Those that Fat keeps besides.</param>
/// <param name="Prepared">How many transactions are prepared.</param>
/// <param name="Memory">Bytes on its managed heap after a full collection.</param>
internal sealed record OpenResources(
    int Threads, int RedisConnections, int RedisBlocking, long PoolConnections, long ReservedConnections, long Prepared, long Memory);
