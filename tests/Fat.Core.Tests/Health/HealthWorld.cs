using Fat.Coordination;
using Fat.Core.Tests.Trouble;
using Fat.Core.Tests.World;
using Fat.TestServers;
using Fat.TestServers.Network;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Fat.Core.Tests.Health;

/// <summary>A service whose Redis and PostgreSQL are its own, behind proxies, and whose limits are short.</summary>
public sealed class HealthWorld : IAsyncLifetime
{
    /// <summary>How long a server may take; what is asked of it takes longer on a machine that is busy, and never near the tests' deadlines.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan InDoubtDegraded = TimeSpan.FromSeconds(1);

    private const string Table = "CREATE TABLE items (id int PRIMARY KEY, text text)";

    private Service? _service;

    public BreakableRedis Redis { get; private set; } = null!;

    public PostgresServer Postgres { get; private set; } = null!;

    public FaultyProxy Route { get; private set; } = null!;

    public Service Service => _service!;

    internal Participant Participant => Service.Services.GetRequiredService<Participant>();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await ServerPrograms.EnsureAsync();
        var redis = BreakableRedis.StartAsync();
        Postgres = await PostgresServer.StartAsync(new PostgresServerOptions { Fsync = false, MaxConnections = 50 });
        Redis = await redis;
        Route = await FaultyProxy.StartAsync(Postgres.Host, Postgres.Port);
        await ExecuteAsync("postgres", "CREATE DATABASE health");
        await ExecuteAsync("health", Table);
        _service = await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
            await _service.DisposeAsync();
        await Route.DisposeAsync();
        await Redis.DisposeAsync();
        await Postgres.DisposeAsync();
    }

    /// <summary>One more instance, or another service on the same servers.</summary>
    public Task<Service> StartAsync(string name = "health", Action<FatOptions>? options = null, Action<FatDatabaseOptions>? database = null, PostgresServer? postgres = null) =>
        Service.StartAsync(
            name,
            postgres?.ConnectionString() ?? new NpgsqlConnectionStringBuilder(Postgres.ConnectionString("health")) { Host = Route.Host, Port = Route.Port }.ConnectionString,
            settings =>
            {
                Redis.Configure(settings.Redis);
                settings.Redis.KeyPrefix = $"health{Environment.ProcessId}";
                settings.RecoveryInterval = TimeSpan.FromMilliseconds(200);
                settings.WaitCommit = TimeSpan.FromSeconds(1);
                settings.ShutdownTimeout = TimeSpan.FromSeconds(1);
                settings.Health = new FatHealthOptions
                {
                    Timeout = Timeout,
                    RegistrySlow = Timeout,
                    DatabaseSlow = Timeout,
                    SilenceDegraded = TimeSpan.FromSeconds(1),
                    SilenceUnhealthy = TimeSpan.FromSeconds(3),
                    InDoubtDegraded = InDoubtDegraded,
                    InDoubtUnhealthy = InDoubtDegraded * 2,
                    IncidentsUnhealthy = 2,
                };
                options?.Invoke(settings);
            },
            database: database);

    public static Task<FatHealthReport> CheckAsync(Service service) => service.Services.GetRequiredService<IFatHealth>().CheckAsync(Stop);

    /// <summary>Waits until a part is as wished, and returns the whole.</summary>
    public static Task<FatHealthReport> UntilAsync(Service service, string part, FatHealthState state) => UntilAsync(service, part, state, string.Empty);

    /// <summary>Waits until a part is as wished, and says so.</summary>
    public static async Task<FatHealthReport> UntilAsync(Service service, string part, FatHealthState state, string what)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        FatHealthReport? last = null;
        try
        {
            while (true)
            {
                last = await CheckAsync(service);
                if (last.Parts.Single(one => one.Name == part) is var told && told.State == state && told.What.Contains(what, StringComparison.Ordinal))
                    return last;
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, deadline.Token);
            }
        }
        catch (OperationCanceledException exception) when (!Stop.IsCancellationRequested)
        {
            throw new TimeoutException($"'{part}' did not become {state} '{what}': {string.Join("; ", last?.Parts.AsEnumerable() ?? [])}", exception);
        }
    }

    /// <summary>Waits until everything is well, so that a test begins, or ends, with that.</summary>
    public async Task WellAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        var last = await CheckAsync(Service);
        try
        {
            for (; last.State != FatHealthState.Healthy; last = await CheckAsync(Service))
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, deadline.Token);
        }
        catch (OperationCanceledException exception) when (!Stop.IsCancellationRequested)
        {
            throw new TimeoutException($"It did not become healthy: {string.Join("; ", last.Parts.AsEnumerable())}", exception);
        }
    }

    /// <summary>Past the service, straight to the server.</summary>
    public async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(Postgres.ConnectionString(database) + ";Pooling=false");
        await connection.OpenAsync(Stop);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Stop);
    }
}
