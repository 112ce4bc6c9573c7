using Fat.Core.Tests.Administration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MySql.Data.MySqlClient;

namespace Fat.Core.Tests.Dialects;

/// <summary>One instance of a service whose database is on MariaDB.</summary>
public sealed class TillService : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly LogLines _log;

    private TillService(string connectionString, IHost host, LogLines log)
    {
        ConnectionString = connectionString;
        _host = host;
        _log = log;
    }

    public string ConnectionString { get; }

    public IServiceProvider Services => _host.Services;

    /// <summary>What it has logged: level, event and text.</summary>
    public IEnumerable<string> Log => _log.Lines;

    public static async Task<TillService> StartAsync(
        string connectionString, Action<FatOptions> options, Action<IFatBuilder>? configure = null, FatEnlistment enlistment = FatEnlistment.Direct)
    {
        await MariaDb.ExecuteAsync(connectionString, "CREATE TABLE items (id int PRIMARY KEY, text varchar(20)) ENGINE=InnoDB");
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "till" });
        var log = new LogLines();
        builder.Logging.AddProvider(log);
        var fat = builder.Services.AddFat(options)
            .AddDatabase("till", () => new MySqlConnection(connectionString), database => database.Enlistment = enlistment)
            .AddTransactional<ITill, Till>()
            .AddTransactional<ISafe, Safe>();
        builder.Services.AddSingleton(new SafeSettings(connectionString));
        configure?.Invoke(fat);
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new TillService(connectionString, host, log);
    }

    /// <summary>Runs code as the root of a group.</summary>
    public async Task<FatScopeResult> RootAsync(Func<ITill, Task> body)
    {
        await using var scope = Services.CreateAsyncScope();
        return await ScopeAsync(scope.ServiceProvider, "Till.Root", null, body);
    }

    /// <summary>Calls this service from within a group, over a transport that carries the reply back.</summary>
    public async Task CallAsync(Func<ITill, Task> body)
    {
        var call = FatContext.BuildRemoteData("till")!;
        FatScopeResult result;
        using (FatContext.Suppress())
        {
            await using var scope = Services.CreateAsyncScope();
            result = await ScopeAsync(scope.ServiceProvider, "Till.Child", call.Fields, body);
        }

        if (result.Error is null)
        {
            call.Answered(result.Reply);
            return;
        }

        call.Failed(result.Error.Message, result.Reply);
        throw new HttpRequestException("till answered 409");
    }

    /// <summary>Runs the other service in the group that surrounds it.</summary>
    public async Task SafeAsync(Func<ISafe, Task> body)
    {
        await using var scope = Services.CreateAsyncScope();
        await body(scope.ServiceProvider.GetRequiredService<ISafe>());
    }

    public Task<T> QueryAsync<T>(string sql) => MariaDb.QueryAsync<T>(ConnectionString, sql);

    public async Task<bool> HasAsync(int id) => await QueryAsync<long>($"SELECT COUNT(*) FROM items WHERE id = {id}") == 1;

    /// <summary>Transactions that are open in the database: branches that are held. Background work of the server has no query thread.</summary>
    public async Task<long> OpenAsync()
    {
        // The table is a copy that the server renews only when nobody has read it for 0.1 s: who asks more often gets the same answer for ever.
        await Task.Delay(TimeSpan.FromMilliseconds(150), TimeProvider.System, TestContext.Current.CancellationToken);
        return await QueryAsync<long>(
            "SELECT COUNT(*) FROM information_schema.innodb_trx t JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id WHERE p.db = DATABASE()");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await using var pooled = new MySqlConnection(ConnectionString);
        await pooled.ClearPoolAsync(pooled);
    }

    private static Task<FatScopeResult> ScopeAsync(IServiceProvider services, string method, IReadOnlyDictionary<string, string>? fields, Func<ITill, Task> body) =>
        services.GetRequiredService<IFatScopes>().RunAsync(
            new FatScopeRequest(method, new FatServiceRegisterAttribute(), fields),
            async _ =>
            {
                await body(services.GetRequiredService<ITill>());
                return null;
            },
            TestContext.Current.CancellationToken);
}
