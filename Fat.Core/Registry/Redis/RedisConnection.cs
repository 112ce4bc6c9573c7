using StackExchange.Redis;

namespace Fat.Registry.Redis;

/// <summary>
/// The two ways to the server: one multiplexer that carries every command, and one on which nothing is ever sent but the pop that
/// blocks it. Nothing is connected before it is needed.
/// </summary>
internal sealed class RedisConnection : IAsyncDisposable
{
    private readonly RedisLink _commands;
    private readonly RedisLink _blocking;
    private readonly TimeProvider _time;

    /// <param name="options">The options.</param>
    /// <param name="time">The clock of the time-outs.</param>
    /// <param name="shared">The application's own multiplexer for the commands, which stays the application's; or null.</param>
    public RedisConnection(FatRedisOptions options, TimeProvider time, IConnectionMultiplexer? shared = null)
    {
        var configuration = RedisConfiguration.Of(options, shared?.Configuration);
        _time = time;
        CommandTimeout = configuration.CommandTimeout;
        _commands = Link(() => shared is null ? ConnectAsync(configuration.ForCommands()) : Task.FromResult(shared), owned: shared is null);
        _blocking = Link(() => ConnectAsync(configuration.ForBlocking()), owned: true);

        RedisLink Link(Func<Task<IConnectionMultiplexer>> connect, bool owned) =>
            new(connect, configuration.ConnectTimeout, configuration.ConnectTimeout + configuration.CommandTimeout, owned, time, Events);
    }

    /// <summary>The longest that an operation takes, connecting included.</summary>
    public TimeSpan CommandTimeout { get; }

    public RedisLinkEvents Events { get; } = new();

    /// <exception cref="RegistryUnavailableException">The operation may or may not have taken effect, or may yet take it.</exception>
    public async Task<T> RunAsync<T>(string operation, Func<IDatabase, Task<T>> command, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        try
        {
            var result = await _commands.RunAsync(command, CommandTimeout, cancellationToken).ConfigureAwait(false);
            Events.Ran?.Invoke(operation, _time.GetElapsedTime(began), null);
            return result;
        }
        catch (Exception failure) when (RedisFailure.Is(failure, cancellationToken))
        {
            Events.Ran?.Invoke(operation, _time.GetElapsedTime(began), failure);
            throw new RegistryUnavailableException(operation, failure);
        }
    }

    /// <summary>Runs a pop that the server may answer as late as after <paramref name="wait"/>.</summary>
    public Task<T> BlockAsync<T>(Func<IDatabase, Task<T>> pop, TimeSpan wait) =>
        _blocking.RunAsync(pop, wait + CommandTimeout, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _blocking.DisposeAsync().ConfigureAwait(false);
        await _commands.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<IConnectionMultiplexer> ConnectAsync(ConfigurationOptions settings) =>
        await ConnectionMultiplexer.ConnectAsync(settings).ConfigureAwait(false);
}
