using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Fat.Core.Tests.Hosting;

/// <summary>A class whose marks have no proxy is found when the host starts.</summary>
public sealed class RegistrationTests
{
    private readonly List<string> _log = [];

    public interface IStore
    {
        Task AddAsync();
    }

    [Theory]
    [InlineData(typeof(Store))]
    [InlineData(typeof(OtherStore))]
    public async Task A_later_registration_without_a_proxy_is_refused(Type later)
    {
        var refused = await RefusedAsync((fat, services) =>
        {
            fat.AddTransactional<IStore, Store>();
            services.AddScoped(typeof(IStore), later);
        });
        Assert.Contains($"AddTransactional<IStore, {later.Name}>()", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_marked_class_that_nobody_has_added_is_refused()
    {
        Assert.Contains("AddTransactional<IStore, Store>()", await RefusedAsync((_, services) => services.AddScoped<IStore, Store>()), StringComparison.Ordinal);
        Assert.Contains("AddTransactional<Store>()", await RefusedAsync((_, services) => services.AddSingleton(new Store())), StringComparison.Ordinal);
        Assert.Contains("AddTransactional<IStore, Store>()", await RefusedAsync((_, services) => services.AddKeyedScoped<IStore, Store>("key")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replacement_by_a_factory_is_warned_of()
    {
        await StartAsync((fat, services) =>
        {
            fat.AddTransactional<IStore, Store>();
            services.AddScoped<IStore>(_ => new Plain());
        });
        Assert.Contains(_log, line => line.StartsWith("110 ", StringComparison.Ordinal) && line.Contains(nameof(IStore), StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_loses_no_transaction_is_let_be()
    {
        await StartAsync((fat, services) =>
        {
            services.AddScoped<IStore, Store>();
            fat.AddTransactional<IStore, Store>();
            services.AddScoped<Store>();
            services.AddScoped<Endpoint>();
        });
        await StartAsync((fat, services) =>
        {
            fat.AddTransactional<IStore, Store>();
            services.AddScoped<IStore, Plain>();
        });
        Assert.DoesNotContain(_log, line => line.StartsWith("110 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_replay_that_could_not_tell_two_classes_apart_is_refused()
    {
        var refused = await RefusedAsync((fat, _) => fat.AddTransactional<IStore, Store>().AddTransactional<IStore, Replayed>());
        Assert.Contains($"{typeof(Replayed)} has a method with Replay = true", refused, StringComparison.Ordinal);

        await StartAsync((fat, _) => fat.AddTransactional<IStore, Replayed>().AddTransactional<IStore, Replayed>());
        await StartAsync((fat, _) => fat.AddTransactional<IStore, Store>().AddTransactional<IStore, OtherStore>());
    }

    private async Task<string> RefusedAsync(Action<IFatBuilder, IServiceCollection> register) =>
        (await Assert.ThrowsAsync<FatConfigurationException>(() => StartAsync(register))).Message;

    private async Task StartAsync(Action<IFatBuilder, IServiceCollection> register)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "shop" });
        builder.Logging.AddProvider(new Recorder(_log));
        var fat = builder.Services.AddFat().UseInMemoryRegistry().AddDatabase("main", () => new NpgsqlConnection("Host=127.0.0.1;Port=1;Timeout=1"));
        register(fat, builder.Services);
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private sealed class Recorder(List<string> log) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (log)
                log.Add($"{eventId.Id} {formatter(state, exception)}");
        }

        public void Dispose()
        {
        }
    }

    public class Store : IStore
    {
        [FatTransaction]
        public virtual Task AddAsync() => Task.CompletedTask;
    }

    public class OtherStore : Store;

    public class Replayed : IStore
    {
        [FatTransaction(Replay = true)]
        public virtual Task AddAsync() => Task.CompletedTask;
    }

    public class Plain : IStore
    {
        public Task AddAsync() => Task.CompletedTask;
    }

    public class Endpoint
    {
        [FatServiceRegister]
        public Task HandleAsync() => Task.CompletedTask;
    }
}
