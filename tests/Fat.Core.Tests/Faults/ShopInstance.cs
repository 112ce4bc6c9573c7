using System.Net.Http.Json;
using System.Net.Sockets;
using Fat.Faults;
using Fat.Shop;
using Fat.TestServers;
using Npgsql;

namespace Fat.Core.Tests.Faults;

/// <summary>A process of a service, and its database.</summary>
internal sealed class ShopInstance(string service, string? connectionString, IReadOnlyDictionary<string, string?> settings, HttpClient http) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly NpgsqlDataSource? _source = connectionString is null ? null : NpgsqlDataSource.Create(connectionString + ";Maximum Pool Size=4");
    private ChildProcess? _process;

    public string Service => service;

    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort.Next()}/");

    public bool IsRunning => _process is { HasExited: false };

    public bool HasDatabase => _source is not null;

    /// <summary>The last that its process wrote.</summary>
    public string Tail => _process is null ? string.Empty : $"{service}:\n{string.Join('\n', _process.Tail.TakeLast(20))}";

    /// <summary>Starts the process, perhaps with a point at which it is to stop, and returns when it answers requests.</summary>
    public Task StartAsync(string? stopAt, CancellationToken cancellationToken) => StartAsync(stopAt, [], cancellationToken);

    /// <summary>The same with settings that are others than before.</summary>
    public async Task StartAsync(string? stopAt, IEnumerable<(string Name, string Value)> changed, CancellationToken cancellationToken)
    {
        if (_process is not null)
            await _process.DisposeAsync();
        var environment = new Dictionary<string, string?>(settings, StringComparer.Ordinal)
        {
            ["ASPNETCORE_URLS"] = Address.ToString(),
            ["ConnectionStrings__Shop"] = connectionString is null ? null : connectionString + ";Maximum Pool Size=10",
            ["Fat__ServiceName"] = service,
            ["Held"] = (service is Scenarios.Vault or Scenarios.Cellar).ToString(),
            ["StopAt"] = stopAt,

            // It lives for seconds, most of which the runtime compiles: what it would compile once more in the background is never used.
            ["DOTNET_TC_CallCountingDelayMs"] = "60000",
            ["DOTNET_EnableWriteXorExecute"] = "0",
        };
        foreach (var (name, value) in changed)
            environment[name] = value;
        _process = await ChildProcess.StartAsync(
            new ChildProcessOptions { FileName = "dotnet", Arguments = [typeof(Stops).Assembly.Location], Environment = environment }, cancellationToken);
        await _process.WaitForLineAsync(line => line.Contains("Application started", StringComparison.Ordinal), Patience, cancellationToken: cancellationToken);
    }

    /// <summary>The process is to stop there for a group that has begun since then.</summary>
    public Task StopAtAsync(FaultPoint point, Side side, DateTimeOffset since, CancellationToken cancellationToken) =>
        PostAsync($"stops/{point}/{side}?since={since.ToUnixTimeMilliseconds()}", cancellationToken);

    /// <summary>Waits until the process stands at the point.</summary>
    public async Task ReachedAsync(FaultPoint point, Side side, CancellationToken cancellationToken) =>
        await http.GetStringAsync(new Uri(Address, $"stops/{point}/{side}"), cancellationToken);

    /// <summary>Tells the process that stands there what to do; returns when it has died, if it is to.</summary>
    public async Task TellAsync(FaultPoint point, Side side, Deed deed, CancellationToken cancellationToken)
    {
        try
        {
            await PostAsync($"stops/{point}/{side}/{deed}", cancellationToken);
        }
        catch (Exception failure) when (deed == Deed.Kill && failure is (HttpRequestException or SocketException))
        {
            // It died before it could answer. A peer that dies as a connection opens is a bare SocketException of HttpClient.
        }

        if (deed == Deed.Kill)
            await _process!.Exited.WaitAsync(cancellationToken);
    }

    public async Task GateReachedAsync(CancellationToken cancellationToken) => await http.GetStringAsync(new Uri(Address, "gate"), cancellationToken);

    public Task OpenGateAsync(CancellationToken cancellationToken) => PostAsync("gate", cancellationToken);

    public Task ResetAsync(CancellationToken cancellationToken) => PostAsync("reset", cancellationToken);

    /// <summary>The scopes that run in the process and the branches that wait there.</summary>
    public Task<int> BusyAsync(CancellationToken cancellationToken) => http.GetFromJsonAsync<int>(new Uri(Address, "busy"), cancellationToken);

    public async Task<long> CountAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = _source!.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<string?> TextAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = _source!.CreateCommand(sql);
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    public async Task CreateTableAsync()
    {
        await using var command = _source!.CreateCommand("CREATE TABLE items (id int, row int, gid text NOT NULL, PRIMARY KEY (id, row))");
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The process stands still, and its connections stay open.</summary>
    public Task PauseAsync(CancellationToken cancellationToken) => _process!.PauseAsync(cancellationToken);

    public Task ResumeAsync(CancellationToken cancellationToken) => _process!.ResumeAsync(cancellationToken);

    public async Task KillAsync()
    {
        if (_process is not null)
            await _process.KillAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        if (_source is not null)
            await _source.DisposeAsync();
    }

    private async Task PostAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await http.PostAsync(new Uri(Address, path), null, cancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
