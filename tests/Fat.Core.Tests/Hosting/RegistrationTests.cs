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
        Assert.Contains(
            "AddTransactional takes no open generics, so register each type that you use of Repository<…>", await RefusedAsync((_, services) => services.AddScoped(typeof(IStoreOf<>), typeof(Repository<>))),
            StringComparison.Ordinal);
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
            fat.AddTransactional<IStore, Store>();
            services.AddScoped<IElsewhere, Store>();
            services.AddScoped<IStoreOf<int>>(_ => new Plain());
            services.AddScoped(typeof(IStoreOf<>), typeof(Open<>));
            services.AddScoped<IEndpoint>(_ => new Endpoint());
            services.AddScoped<Endpoint>();
            services.AddScoped<Abstraction, Endpoint>();
        });
        await StartAsync((fat, services) =>
        {
            fat.AddTransactional<IStore, Store>();
            services.AddScoped<IStore, Plain>();
        });
        Assert.Empty(Warnings);
    }

    [Fact]
    public async Task A_class_that_is_added_and_made_bare_as_well_is_warned_of()
    {
        await StartAsync((fat, services) =>
        {
            fat.AddTransactional<IStore, Store>();
            services.AddScoped<Store>();
            services.AddScoped<Store>();
        });
        Assert.StartsWith($"112 Fat: {typeof(Store)} is registered as {typeof(Store)}, without a proxy", Assert.Single(Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mark_of_the_interface_is_warned_of_where_the_class_may_be_another_one()
    {
        await StartAsync((_, services) => services.AddScoped<IMarked, Marked>());

        Assert.StartsWith($"112 Fat: {typeof(IMarked)} is registered as {typeof(Marked)}, without a proxy", Assert.Single(Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_interface_that_reaches_a_transaction_without_a_proxy_is_refused(bool hasKey)
    {
        var refused = await RefusedAsync((fat, services) =>
        {
            fat.AddTransactional<IStore, Store>();
            if (hasKey)
                services.AddKeyedScoped<IStore, Store>("key");
            else
                services.AddScoped<IStoreOf<int>, Store>();
        });
        Assert.Contains($"{typeof(Store)} was added with AddTransactional, and its [FatTransaction] methods are reached by {(hasKey ? typeof(IStore) : typeof(IStoreOf<int>))} as well", refused, StringComparison.Ordinal);
        Assert.Contains(hasKey ? "services.GetRequiredService<…>()" : "AddTransactional<IStoreOf`1, Store>()", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_factory_that_says_that_it_makes_a_marked_class_is_warned_of()
    {
        await StartAsync((_, services) =>
        {
            services.AddScoped(_ => new Store());
            services.AddScoped<IStore, OtherStore>(_ => new OtherStore());
            services.AddKeyedScoped("key", (_, _) => new Store());
            services.AddScoped<IMarked>(_ => new Marked());
        });
        Assert.Equal(
            [
                $"114 Fat: {typeof(Store)} is made by a factory as {typeof(Store)};",
                $"114 Fat: {typeof(IStore)} is made by a factory as {typeof(OtherStore)};",
                $"114 Fat: {typeof(Store)} is made by a factory as {typeof(Store)};",
                $"114 Fat: {typeof(IMarked)} is made by a factory as {typeof(IMarked)};",
            ],
            Warnings.Select(line => line[..(line.IndexOf(';', StringComparison.Ordinal) + 1)]));
    }

    [Fact]
    public async Task A_bare_one_beside_the_proxy_is_warned_of_and_a_handler_without_marks_is_not()
    {
        await StartAsync((fat, services) =>
        {
            services.AddScoped<IStore, Store>();
            services.AddScoped<IStore, Plain>();
            fat.AddTransactional<IStore, Store>();
        });
        Assert.StartsWith($"113 Fat: {typeof(IStore)} was added with AddTransactional, and {typeof(Store)}", Assert.Single(Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scope_that_nothing_begins_is_warned_of()
    {
        await StartAsync((_, services) =>
        {
            services.AddScoped<IEndpoint, Endpoint>();
            services.AddScoped<IEndpoint, Whole>();
        });
        Assert.Equal(
            [
                $"115 Fat: {typeof(IEndpoint)} is registered as {typeof(Endpoint)}, without a proxy;",
                $"115 Fat: {typeof(IEndpoint)} is registered as {typeof(Whole)}, without a proxy;",
            ],
            Warnings.Select(line => line[..(line.IndexOf(';', StringComparison.Ordinal) + 1)]));
    }

    [Fact]
    public async Task A_replay_that_could_not_tell_two_classes_apart_is_refused()
    {
        var refused = await RefusedAsync((fat, _) => fat.AddTransactional<IStore, Store>().AddTransactional<IStore, Replayed>());
        Assert.Contains($"{typeof(Replayed)} has a method with Replay = true", refused, StringComparison.Ordinal);

        await StartAsync((fat, _) => fat.AddTransactional<IStore, Replayed>().AddTransactional<IStore, Replayed>());
        await StartAsync((fat, _) => fat.AddTransactional<IStore, Store>().AddTransactional<IStore, OtherStore>());
    }

    /// <summary>What was said of registrations.</summary>
    private IEnumerable<string> Warnings => _log.Where(line => line.Split(' ')[0] is "110" or "112" or "113" or "114" or "115");

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

    public interface IStoreOf<T>
    {
        Task AddAsync();
    }

    public interface IElsewhere
    {
        Task ReadAsync();
    }

    public interface IMarked
    {
        [FatTransaction]
        Task AddAsync();
    }

    public interface IEndpoint
    {
        Task HandleAsync();
    }

    public class Store : IStore, IStoreOf<int>, IElsewhere
    {
        [FatTransaction]
        public virtual Task AddAsync() => Task.CompletedTask;

        public Task ReadAsync() => Task.CompletedTask;
    }

    public class OtherStore : Store;

    public class Replayed : IStore
    {
        [FatTransaction(Replay = true)]
        public virtual Task AddAsync() => Task.CompletedTask;
    }

    public class Plain : IStore, IStoreOf<int>
    {
        public Task AddAsync() => Task.CompletedTask;
    }

    public class Repository<T> : IStoreOf<T>
    {
        [FatTransaction]
        public virtual Task AddAsync() => Task.CompletedTask;
    }

    public class Open<T> : IStoreOf<T>
    {
        public Task AddAsync() => Task.CompletedTask;
    }

    public class Marked : IMarked
    {
        public Task AddAsync() => Task.CompletedTask;
    }

    public abstract class Abstraction;

    public class Endpoint : Abstraction, IEndpoint
    {
        [FatServiceRegister]
        public Task HandleAsync() => Task.CompletedTask;
    }

    [FatServiceRegister]
    public class Whole : IEndpoint
    {
        public Task HandleAsync() => Task.CompletedTask;
    }
}
