using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Interception;

/// <summary>A class behind a proxy is made as the container would make it without one.</summary>
public sealed class ConstructorTests
{
    public interface IClock;

    [Fact]
    public async Task What_is_optional_need_not_be_registered()
    {
        await using var services = Services(_ => { });
        await using var scope = services.CreateAsyncScope();

        var made = scope.ServiceProvider.GetRequiredService<Optional>();

        Assert.Equal((null, 7, null, Guid.Empty, null), (made.Clock, made.Number, made.Text, made.Id, made.Keyed));
        Assert.NotNull(made.Needed);
    }

    [Fact]
    public async Task What_is_optional_and_registered_is_given()
    {
        await using var services = Services(registered =>
        {
            registered.AddSingleton<IClock, Clock>();
            registered.AddKeyedSingleton<IClock, Clock>("second");
        });
        await using var scope = services.CreateAsyncScope();

        var made = scope.ServiceProvider.GetRequiredService<Optional>();

        Assert.NotNull(made.Clock);
        Assert.NotNull(made.Keyed);
        Assert.NotSame(made.Clock, made.Keyed);
    }

    [Fact]
    public async Task What_its_constructor_throws_comes_out_as_it_is()
    {
        await using var services = Services(registered => registered.AddSingleton<IClock, Stopped>());
        await using var scope = services.CreateAsyncScope();

        Assert.Throws<NotSupportedException>(scope.ServiceProvider.GetRequiredService<Optional>);
    }

    private static ServiceProvider Services(Action<IServiceCollection> more)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<Needed>();
        services.AddFat(options => options.ServiceName = "shop").UseInMemoryRegistry().AddTransactional<Optional>();
        more(services);
        return services.BuildServiceProvider();
    }

    public sealed class Clock : IClock;

    public sealed class Stopped : IClock;

    public sealed class Needed;

    public class Optional
    {
        public Optional(Needed needed, IClock? clock = null, int number = 7, string? text = null, Guid id = default, [FromKeyedServices("second")] IClock? keyed = null)
        {
            if (clock is Stopped)
                throw new NotSupportedException();
            (Needed, Clock, Number, Text, Id, Keyed) = (needed, clock, number, text, id, keyed);
        }

        public Needed Needed { get; }

        public IClock? Clock { get; }

        public int Number { get; }

        public string? Text { get; }

        public Guid Id { get; }

        public IClock? Keyed { get; }

        [FatTransaction]
        public virtual Task AddAsync() => Task.CompletedTask;
    }
}
