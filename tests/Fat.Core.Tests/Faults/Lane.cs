using System.Globalization;
using Fat.Core.Tests.World;

namespace Fat.Core.Tests.Faults;

/// <summary>Services with databases and a part of Redis of their own, for one case after the other. Processes live on between cases.</summary>
internal sealed class Lane : IAsyncDisposable
{
    private readonly Servers _servers;
    private readonly string _suffix;
    private readonly Dictionary<string, ShopInstance> _instances = new(StringComparer.Ordinal);
    private int _id;

    private readonly Dictionary<string, string?> _settings;

    /// <param name="servers">The servers.</param>
    /// <param name="number">No other lane's.</param>
    /// <param name="more">Settings of the processes beside those that all lanes have.</param>
    public Lane(Servers servers, int number, params IEnumerable<(string Name, string Value)> more)
    {
        _servers = servers;
        _suffix = string.Create(CultureInfo.InvariantCulture, $"m{Environment.ProcessId}_{number}");
        _settings = Settings(servers);
        foreach (var (name, value) in more)
            _settings[name] = value;
        foreach (var service in new[] { Scenarios.Orders, Scenarios.Stock, Scenarios.Accounts, Scenarios.Desk, Scenarios.Vault, Scenarios.Cellar })
        {
            _instances[service] = new ShopInstance(service, service == Scenarios.Desk ? null : servers.Postgres.ConnectionString(Database(service)), _settings, Http);
            _settings[$"Peers__{service}"] = _instances[service].Address.ToString();
        }
    }

    public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(60) };

    public ShopInstance this[string service] => _instances[service];

    public int NextId() => ++_id;

    /// <summary>Another process of a service, on the same database.</summary>
    public ShopInstance Another(string service) => new(service, _servers.Postgres.ConnectionString(Database(service)), _settings, Http);

    public async Task CreateAsync()
    {
        foreach (var instance in _instances.Values.Where(instance => instance.HasDatabase))
        {
            await _servers.Postgres.CreateDatabaseAsync(Database(instance.Service));
            await instance.CreateTableAsync();
        }
    }

    /// <summary>The services run, and nothing of an earlier case is set there.</summary>
    public async Task ReadyAsync(IEnumerable<string> services, CancellationToken cancellationToken)
    {
        await Task.WhenAll(services.Select(service => _instances[service]).Where(instance => !instance.IsRunning).Select(instance => instance.StartAsync(null, cancellationToken)));
        await Task.WhenAll(_instances.Values.Where(instance => instance.IsRunning).Select(instance => instance.ResetAsync(cancellationToken)));
    }

    /// <summary>What is left over of groups: nothing when all is well.</summary>
    public async Task<IReadOnlyList<string>> LeftAsync(CancellationToken cancellationToken)
    {
        var left = new List<string>();
        foreach (var instance in _instances.Values)
        {
            if (instance.HasDatabase && await instance.CountAsync("SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()", cancellationToken) is > 0 and var prepared)
                left.Add($"{prepared} prepared in {instance.Service}");
            if (instance.IsRunning && await instance.BusyAsync(cancellationToken) is > 0 and var busy)
                left.Add($"{busy} open in {instance.Service}");
        }

        return left;
    }

    /// <summary>The groups of a service that the index of open groups holds.</summary>
    public async Task<long> IndexedAsync(string service, CancellationToken cancellationToken)
    {
        await using var redis = await _servers.Redis.ConnectAsync(cancellationToken);
        return Convert.ToInt64(await redis.ExecuteAsync(["ZCARD", $"{_suffix}:open:{{{service}}}"], cancellationToken), CultureInfo.InvariantCulture);
    }

    /// <summary>After a case that went wrong: the next one begins with processes that know nothing of it.</summary>
    public Task KillAllAsync() => Task.WhenAll(_instances.Values.Select(instance => instance.KillAsync()));

    public string Tails() => string.Join("\n\n", _instances.Values.Select(instance => instance.Tail).Where(tail => tail.Length > 0));

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in _instances.Values)
        {
            await instance.DisposeAsync();
            if (instance.HasDatabase)
                await _servers.Postgres.DropDatabaseAsync(Database(instance.Service));
        }

        Http.Dispose();
    }

    private string Database(string service) => $"{service}_{_suffix}";

    private Dictionary<string, string?> Settings(Servers servers) => new(StringComparer.Ordinal)
    {
        ["Fat__Redis__Configuration"] = servers.Redis.ConnectionString,
        ["Fat__Redis__KeyPrefix"] = _suffix,
        ["Fat__WaitResult"] = Pace.Chosen.WaitResult.ToString(),
        ["Fat__WaitCommit"] = Pace.Chosen.WaitCommit.ToString(),
        ["Fat__RecoveryInterval"] = Pace.Chosen.RecoveryInterval.ToString(),
        ["Fat__GroupTimeout"] = Pace.Chosen.GroupTimeout.ToString(),
        ["Logging__LogLevel__Default"] = "Warning",
        ["Logging__LogLevel__Fat"] = "Information",
        ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information",
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["DOTNET_ENVIRONMENT"] = null,
    };
}
