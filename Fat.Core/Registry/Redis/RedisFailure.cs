using StackExchange.Redis;

namespace Fat.Registry.Redis;

/// <summary>Which exceptions mean that the server is away, refuses, or does not answer.</summary>
internal static class RedisFailure
{
    private static readonly string[] Passing = ["TRYAGAIN", "CLUSTERDOWN", "MOVED ", "ASK ", "LOADING", "MASTERDOWN"];

    /// <summary>
    /// A cancellation that the caller did not ask for comes from a multiplexer that gave its commands up.
    /// </summary>
    public static bool Is(Exception failure, CancellationToken cancellationToken) => failure switch
    {
        RedisException or RedisCommandException or TimeoutException or ObjectDisposedException => true,
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        _ => false,
    };

    /// <summary>The server was there and said no.</summary>
    public static bool IsAnswer(Exception failure) => failure is RedisServerException;

    /// <summary>
    /// A cluster that is being changed, or a server that is starting, refused the command before it did anything: a slot is on its way to
    /// another server, its master is being replaced, or the client has yet to connect to where it was sent on to. The same command can be sent again.
    /// </summary>
    /// <param name="failure">What came back.</param>
    /// <param name="severalServers">A replica that refuses to write may be about to become the master.</param>
    public static bool IsPassing(Exception failure, bool severalServers) =>
        failure is RedisServerException
        && ((severalServers && IsReadOnly(failure))
            || Array.Exists(Passing, start => failure.Message.StartsWith(start, StringComparison.Ordinal))
            || failure.Message.Contains("serving hashslot", StringComparison.OrdinalIgnoreCase));

    /// <summary>A replica has refused to write; within a script the text stands behind that of the script's failure.</summary>
    public static bool IsReadOnly(Exception failure) => failure is RedisServerException && failure.Message.Contains("READONLY", StringComparison.Ordinal);

    /// <summary>Nobody awaits the task any more; its failure is nobody's.</summary>
    public static void Forget(Task task) =>
        _ = task.ContinueWith(
            static ended => _ = ended.Exception, CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
