using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fat.Core.Tests.Hosting;

/// <summary>A context that cannot work in a branch is refused when the host starts, and only where a marked method uses it.</summary>
public sealed class ContextCheckTests
{
    private const string Nowhere = "Host=127.0.0.1;Port=1;Database=nothing;Timeout=1";

    [Fact]
    public async Task A_transient_context_is_refused()
    {
        var refused = await Assert.ThrowsAsync<FatConfigurationException>(() => StartAsync(
            services => services.AddDbContext<Context>(options => options.UseNpgsql(Nowhere), ServiceLifetime.Transient), isUsed: true));

        Assert.Contains("Context is registered as transient", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_strategy_that_retries_is_refused()
    {
        var refused = await Assert.ThrowsAsync<FatConfigurationException>(() => StartAsync(Retrying, isUsed: true));

        Assert.Contains("EnableRetryOnFailure", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public Task A_context_that_no_marked_method_uses_may_retry() => StartAsync(Retrying, isUsed: false);

    [Fact]
    public Task A_pooled_context_is_fine() => StartAsync(services => services.AddDbContextPool<Context>(options => options.UseNpgsql(Nowhere)), isUsed: true);

    [Fact]
    public async Task A_second_instance_by_an_interface_is_refused_with_the_way_out()
    {
        var refused = await Assert.ThrowsAsync<FatConfigurationException>(() => StartAsync(
            services => services.AddDbContext<Context>(options => options.UseNpgsql(Nowhere)).AddScoped<IContext, Context>(), isUsed: true));

        Assert.Contains("Context is registered as IContext as well", refused.Message, StringComparison.Ordinal);
        Assert.Contains("AddScoped<IContext>(services => services.GetRequiredService<Context>())", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_instance_by_an_interface_is_fine()
    {
        await StartAsync(services => services.AddDbContext<IContext, Context>(options => options.UseNpgsql(Nowhere)), isUsed: true);
        await StartAsync(
            services => services.AddDbContext<Context>(options => options.UseNpgsql(Nowhere)).AddScoped<IContext>(provider => provider.GetRequiredService<Context>()), isUsed: true);
    }

    [Fact]
    public Task A_second_instance_of_a_context_that_no_marked_method_uses_is_fine() => StartAsync(
        services => services.AddDbContext<Context>(options => options.UseNpgsql(Nowhere)).AddScoped<IContext, Context>(), isUsed: false);

    [Fact]
    public async Task A_singleton_is_refused_for_it_can_know_no_context_of_its_transaction()
    {
        var refused = await Assert.ThrowsAsync<FatConfigurationException>(() => StartAsync(
            services => services.AddDbContext<Context>(options => options.UseNpgsql(Nowhere)), isUsed: true, ServiceLifetime.Singleton));

        Assert.Contains("was added with AddTransactional as a singleton, and Store.AddAsync works on database", refused.Message, StringComparison.Ordinal);
    }

    private static void Retrying(IServiceCollection services) => services.AddDbContext<Context>(options => options.UseNpgsql(Nowhere, postgres => postgres.EnableRetryOnFailure()));

    private static async Task StartAsync(Action<IServiceCollection> context, bool isUsed, ServiceLifetime lifetime = ServiceLifetime.Scoped)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "contexts" });
        context(builder.Services);
        var fat = builder.Services.AddFat(options => options.WaitCommit = TimeSpan.FromMilliseconds(100)).UseInMemoryRegistry().AddDbContext<Context>();
        if (isUsed)
            fat.AddTransactional<Store>(lifetime);
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    public interface IContext;

    public sealed class Context(DbContextOptions<Context> options) : DbContext(options), IContext;

    public class Store
    {
        [FatTransaction]
        public virtual Task AddAsync() => Task.CompletedTask;
    }
}
