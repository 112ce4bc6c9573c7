using Autofac.Extensions.DependencyInjection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Fat.Core.Tests.World;

/// <summary>One instance of a service with a database of its own, all in this process but for the servers.</summary>
public sealed class Service : IAsyncDisposable
{
    private readonly IHost _host;

    private Service(string name, string connectionString, string? observing, IHost host)
    {
        Name = name;
        ConnectionString = connectionString;
        Observing = observing ?? connectionString + ";Enlist=false";
        _host = host;
    }

    public string Name { get; }

    public string ConnectionString { get; }

    /// <summary>How tests look into the database.</summary>
    private string Observing { get; }

    public IServiceProvider Services => _host.Services;

    public static async Task<Service> StartAsync(
        string name, string connectionString, Action<FatOptions> options, Action<IFatBuilder>? configure = null, Action<FatDatabaseOptions>? database = null,
        string? observing = null, bool autofac = false)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = name });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddDbContext<ItemsContext>(context => context.UseNpgsql(connectionString));
        builder.Services.AddScoped(provider => new Lazy<IItems>(provider.GetRequiredService<IItems>));
        var fat = builder.Services.AddFat(settings =>
        {
            settings.ServiceName = name;
            options(settings);
        }).AddDbContext<ItemsContext>(configure: database)
            .AddDatabase("archive", () => new NpgsqlConnection(connectionString), archive => archive.Enlistment = FatEnlistment.Direct)
            .AddTransactional<IItems, ItemsService>();
        configure?.Invoke(fat);
        if (autofac)
            builder.ConfigureContainer(new AutofacServiceProviderFactory());
        var host = builder.Build();
        var service = new Service(name, connectionString, observing, host);
        try
        {
            await host.StartAsync();
            return service;
        }
        catch
        {
            await service.ReleaseAsync();
            throw;
        }
    }

    /// <summary>Runs code as the root of a group.</summary>
    public Task<FatScopeResult> RootAsync(Func<IItems, CancellationToken, Task> body, FatServiceRegisterAttribute? attribute = null) =>
        CancellableRootAsync(body, attribute, TestContext.Current.CancellationToken);

    /// <summary>Runs code as the root of a group whose client may go away.</summary>
    public async Task<FatScopeResult> CancellableRootAsync(
        Func<IItems, CancellationToken, Task> body, FatServiceRegisterAttribute? attribute, CancellationToken cancellationToken)
    {
        await using var scope = Services.CreateAsyncScope();
        return await Services.GetRequiredService<IFatScopes>().RunAsync(
            new FatScopeRequest($"{Name}.Root", attribute ?? new FatServiceRegisterAttribute()),
            async token =>
            {
                await body(scope.ServiceProvider.GetRequiredService<IItems>(), token);
                return null;
            },
            cancellationToken);
    }

    /// <summary>Handles a call that came with remote data.</summary>
    public async Task<FatScopeResult> HandleAsync(
        IReadOnlyDictionary<string, string> fields, Func<IItems, CancellationToken, Task> body, FatServiceRegisterAttribute? attribute = null)
    {
        using var outside = FatContext.Suppress();
        await using var scope = Services.CreateAsyncScope();
        return await Services.GetRequiredService<IFatScopes>().RunAsync(
            new FatScopeRequest($"{Name}.Child", attribute ?? new FatServiceRegisterAttribute(), fields),
            async token =>
            {
                await body(scope.ServiceProvider.GetRequiredService<IItems>(), token);
                return null;
            });
    }

    /// <summary>Calls this service from within a group, over a transport that carries the reply back.</summary>
    public async Task CallAsync(Func<IItems, CancellationToken, Task> body, FatServiceRegisterAttribute? attribute = null)
    {
        var call = FatContext.BuildRemoteData(Name)!;
        var result = await HandleAsync(call.Fields, body, attribute);
        if (result.Error is null)
        {
            call.Answered(result.Reply);
            return;
        }

        call.Failed(result.Error.Message, result.Reply);
        throw new HttpRequestException($"{Name} answered 409");
    }

    public async Task<T?> QueryAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(Observing);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    public Task<string?> TextAsync(int id) => QueryAsync<string>($"SELECT text FROM items WHERE id = {id}");

    public async Task<bool> HasAsync(int id) => await QueryAsync<long>($"SELECT count(*) FROM items WHERE id = {id}") == 1;

    /// <summary>Waits until a row of a committed group is to be seen: the client is answered before phase 2.</summary>
    public async Task SeesAsync(int id, CancellationToken cancellationToken = default)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        while (!await HasAsync(id))
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, deadline.Token);
    }

    /// <summary>Asks the process to stop, as a deployment does.</summary>
    public Task StopAsync(CancellationToken? patience = null) => _host.StopAsync(patience ?? TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ReleaseAsync();
    }

    private async Task ReleaseAsync()
    {
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        foreach (var pool in new[] { ConnectionString, Observing })
        {
            await using var connection = new NpgsqlConnection(pool);
            NpgsqlConnection.ClearPool(connection);
        }
    }
}
