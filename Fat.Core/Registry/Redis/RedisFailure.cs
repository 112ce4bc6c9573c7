using StackExchange.Redis;

namespace Fat.Registry.Redis;

/// <summary>Which exceptions mean that the server is away, refuses, or does not answer.</summary>
internal static class RedisFailure
{
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

    /// <summary>Nobody awaits the task any more; its failure is nobody's.</summary>
    public static void Forget(Task task) =>
        _ = task.ContinueWith(
            static ended => _ = ended.Exception, CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
