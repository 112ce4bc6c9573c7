using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Interception;

/// <summary>What the container makes behind a proxy it disposes as it would without one.</summary>
public sealed class DisposalTests
{
    public interface IPlain
    {
        Task AddAsync();
    }

    public interface IClosable : IPlain, IDisposable;

    [Fact]
    public async Task What_is_disposable_ends_with_its_scope()
    {
        await using var services = Services(fat => fat.AddTransactional<IPlain, Synchronous>());
        Synchronous.Ended = 0;
        using (var scope = services.CreateScope())
            scope.ServiceProvider.GetRequiredService<IPlain>();
        Assert.Equal(1, Synchronous.Ended);

        await using (var scope = services.CreateAsyncScope())
            scope.ServiceProvider.GetRequiredService<IPlain>();
        Assert.Equal(2, Synchronous.Ended);
    }

    [Fact]
    public async Task What_is_disposable_asynchronously_ends_with_its_scope()
    {
        await using var services = Services(fat => fat.AddTransactional<IPlain, Asynchronous>());
        Asynchronous.Ended = 0;
        await using (var scope = services.CreateAsyncScope())
            scope.ServiceProvider.GetRequiredService<IPlain>();
        Assert.Equal(1, Asynchronous.Ended);
    }

    [Fact]
    public async Task What_is_disposable_both_ways_ends_once_and_as_its_scope_does()
    {
        await using var services = Services(fat => fat.AddTransactional<IPlain, Both>());
        Both.Ways.Clear();
        using (var scope = services.CreateScope())
            scope.ServiceProvider.GetRequiredService<IPlain>();
        await using (var scope = services.CreateAsyncScope())
            scope.ServiceProvider.GetRequiredService<IPlain>();
        Assert.Equal(["sync", "async"], Both.Ways);
    }

    [Fact]
    public async Task A_singleton_ends_with_the_container()
    {
        SingleSynchronous.Ended = 0;
        await using (var services = Services(fat => fat.AddTransactional<IPlain, SingleSynchronous>(ServiceLifetime.Singleton)))
        {
            using (var scope = services.CreateScope())
                scope.ServiceProvider.GetRequiredService<IPlain>();
            Assert.Equal(0, SingleSynchronous.Ended);
        }

        Assert.Equal(1, SingleSynchronous.Ended);
    }

    [Fact]
    public async Task An_interface_that_is_disposable_itself_ends_once()
    {
        await using var services = Services(fat => fat.AddTransactional<IClosable, Closable>());
        Closable.Ended = 0;
        using (var scope = services.CreateScope())
            scope.ServiceProvider.GetRequiredService<IClosable>();
        Assert.Equal(1, Closable.Ended);
    }

    [Fact]
    public async Task What_is_not_disposable_does_not_look_it()
    {
        await using var services = Services(fat => fat.AddTransactional<IPlain, Plain>());
        await using var scope = services.CreateAsyncScope();
        var plain = scope.ServiceProvider.GetRequiredService<IPlain>();
        Assert.False(plain is IDisposable or IAsyncDisposable);
    }

    private static ServiceProvider Services(Action<IFatBuilder> register)
    {
        var services = new ServiceCollection().AddLogging();
        register(services.AddFat(options => options.ServiceName = "shop").UseInMemoryRegistry());
        return services.BuildServiceProvider();
    }

    public class Plain : IPlain
    {
        [FatTransaction]
        public Task AddAsync() => Task.CompletedTask;
    }

    public class Synchronous : Plain, IDisposable
    {
        public static int Ended { get; set; }

        void IDisposable.Dispose() => Ended++;
    }

    public sealed class SingleSynchronous : Plain, IDisposable
    {
        public static int Ended { get; set; }

        public void Dispose() => Ended++;
    }

    public sealed class Closable : Plain, IClosable
    {
        public static int Ended { get; set; }

        public void Dispose() => Ended++;
    }

    public sealed class Asynchronous : Plain, IAsyncDisposable
    {
        public static int Ended { get; set; }

        public ValueTask DisposeAsync()
        {
            Ended++;
            return ValueTask.CompletedTask;
        }
    }

    public sealed class Both : Plain, IDisposable, IAsyncDisposable
    {
        public static List<string> Ways { get; } = [];

        public void Dispose() => Ways.Add("sync");

        public ValueTask DisposeAsync()
        {
            Ways.Add("async");
            return ValueTask.CompletedTask;
        }
    }
}
