using Fat.Coordination;
using Fat.TestServers;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Fat.Core.Tests.World;

/// <summary>
/// Three services, each with a database of its own, over the shared servers. Ends by looking for what was
/// left behind: a prepared transaction, a connection, a key that never expires.
/// </summary>
public class GroupWorld(Servers servers) : IAsyncLifetime
{
    private static int _number;

    private readonly string _suffix = $"{Environment.ProcessId}_{Interlocked.Increment(ref _number)}";
    private readonly List<Service> _services = [];
    private readonly List<string> _databases = [];
    private int _id;

    public Servers Servers => servers;

    public Service Orders { get; protected set; } = null!;

    public Service Stock { get; private set; } = null!;

    public Service Accounts { get; private set; } = null!;

    protected virtual FatAnswer Answer => FatAnswer.Prepared;

    /// <summary>How the services reach Redis.</summary>
    protected virtual string RedisConnection => servers.Redis.ConnectionString;

    /// <summary>Where their keys are.</summary>
    protected virtual IEnumerable<RedisServer> RedisServers => [servers.Redis];

    /// <summary>Where their databases are.</summary>
    protected virtual PostgresServer DatabaseServer => servers.Postgres;

    public string KeyPrefix => $"t{_suffix}";

    public virtual async ValueTask InitializeAsync()
    {
        Orders = await StartAsync("orders");
        Stock = await StartAsync("stock");
        Accounts = await StartAsync("accounts");
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var service in _services)
            await NothingPreparedAsync(service);
        await NothingQueuedAsync();
        foreach (var service in _services)
            await service.DisposeAsync();
        foreach (var database in _databases)
        {
            await NoConnectionsAsync(database);
            await DatabaseServer.DropDatabaseAsync(database);
        }

        await EveryKeyExpiresAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>An id that no other test uses.</summary>
    public int NextId() => Interlocked.Increment(ref _id);

    protected virtual void Configure(FatOptions options)
    {
        options.Answer = Answer;
        options.Redis.Configuration = RedisConnection;
        options.Redis.KeyPrefix = KeyPrefix;
        options.RecoveryInterval = TimeSpan.FromMilliseconds(500);
        options.WaitCommit = TimeSpan.FromSeconds(1);
        options.WaitResult = TimeSpan.FromSeconds(10);
    }

    /// <summary>The way on which a service reaches its database.</summary>
    protected virtual string Route(string service, string connectionString) => connectionString;

    public async Task<Service> StartAsync(
        string name, Action<FatOptions>? options = null, Action<IFatBuilder>? configure = null, Action<FatDatabaseOptions>? database = null,
        PostgresServer? postgres = null, Action<string>? connection = null, bool autofac = false)
    {
        postgres ??= DatabaseServer;
        var databaseName = $"{name}_{_suffix}";
        if (!_databases.Contains(databaseName))
        {
            await postgres.CreateDatabaseAsync(databaseName);
            if (ReferenceEquals(postgres, DatabaseServer))
                _databases.Add(databaseName);
            await using var creating = new NpgsqlConnection(postgres.ConnectionString(databaseName) + ";Pooling=false");
            await creating.OpenAsync();
            await using var command = creating.CreateCommand();
            command.CommandText = "CREATE TABLE items (id int PRIMARY KEY, text text)";
            await command.ExecuteNonQueryAsync();
        }

        var direct = postgres.ConnectionString(databaseName) + ";Maximum Pool Size=20";
        var connectionString = Route(name, direct);
        connection?.Invoke(connectionString);
        var service = await Service.StartAsync(
            name,
            connectionString,
            settings =>
            {
                Configure(settings);
                options?.Invoke(settings);
            },
            configure,
            database,
            connectionString == direct ? null : direct + ";Pooling=false",
            autofac);
        _services.Add(service);
        return service;
    }

    public async Task StopAsync(Service service)
    {
        _services.Remove(service);
        await service.DisposeAsync();
    }

    public async Task NothingPreparedAsync(Service service)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await service.QueryAsync<string>("SELECT coalesce(string_agg(gid, ', '), '') FROM pg_prepared_xacts WHERE database = current_database()") is { Length: > 0 } prepared)
        {
            if (deadline.IsCancellationRequested)
            {
                var waiting = service.Services.GetRequiredService<Participant>().Waiting.All.Select(branch => $"{branch.Gid} {branch.Id} known {branch.Known?.Decision}, looked at {branch.LookedAt}, asked at {branch.AskedAt}");
                throw new TimeoutException($"{service.Name} still has prepared: {prepared}. Its process waits for: {string.Join("; ", waiting)}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    private async Task NoConnectionsAsync(string database)
    {
        // A closed connection's process on the server ends a moment later.
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await DatabaseServer.ConnectionCountAsync(database, deadline.Token) > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, deadline.Token);
    }

    /// <summary>
    /// A piece of work never expires. One of a message that has ended may be put once more when its submission was late, and is taken again at once; a service that
    /// stops in that moment leaves it to whoever starts next, so this is looked at before.
    /// </summary>
    private async Task NothingQueuedAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        for (var queued = await EndlessKeysAsync(IsOfQueue); queued.Count > 0; queued = await EndlessKeysAsync(IsOfQueue))
        {
            Assert.False(deadline.IsCancellationRequested, $"{string.Join(", ", queued)}: work is left");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    private async Task EveryKeyExpiresAsync()
    {
        // Subscriptions stay: that is what they are for.
        var endless = await EndlessKeysAsync(key => !IsOfQueue(key) && !key.StartsWith($"{KeyPrefix}:{{topics}}", StringComparison.Ordinal));
        Assert.True(endless.Count == 0, $"{string.Join(", ", endless)}: never expires");
    }

    private bool IsOfQueue(string key) => key.StartsWith($"{KeyPrefix}:q:", StringComparison.Ordinal);

    private async Task<IReadOnlyList<string>> EndlessKeysAsync(Func<string, bool> counts)
    {
        var endless = new List<string>();
        foreach (var server in RedisServers.Where(server => server.IsRunning))
        {
            await using var redis = await server.ConnectAsync();
            if (await redis.ExecuteAsync(["ROLE"]) is not (IReadOnlyList<object?> and ["master", ..]))
                continue;
            var keys = (List<object?>)(await redis.ExecuteAsync(["KEYS", $"{KeyPrefix}:*"]))!;
            foreach (var key in keys.Cast<string>().Where(counts))
            {
                if (await redis.ExecuteAsync(["TTL", key]) is "-1")
                    endless.Add(key);
            }
        }

        return endless;
    }
}

/// <summary>Calls of one group share a transaction wherever they can.</summary>
public class JoinWorld(Servers servers) : GroupWorld(servers)
{
    protected override void Configure(FatOptions options)
    {
        base.Configure(options);
        options.Join = FatJoin.Group;
    }
}

public sealed class EarlyWorld(Servers servers) : GroupWorld(servers)
{
    protected override FatAnswer Answer => FatAnswer.Early;
}
