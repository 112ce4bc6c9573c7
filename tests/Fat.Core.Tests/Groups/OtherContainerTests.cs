using System.Collections.Concurrent;
using Autofac;
using Autofac.Core.Lifetime;
using Fat.Core.Tests.World;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Fat.Core.Tests.Groups;

/// <summary>A container may hand out another <see cref="IServiceProvider"/> with every question, as Autofac does: a DI scope is known by what it holds.</summary>
public sealed class OtherContainerTests(GroupWorld world) : IClassFixture<GroupWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_method_of_another_service_joins_one_on_the_same_context()
    {
        var service = await world.StartAsync("autofac", autofac: true, configure: fat => fat.AddTransactional<Pairs>());
        var (first, second) = (world.NextId(), world.NextId());
        await using var scope = service.Services.CreateAsyncScope();

        var result = await service.RootAsync(
            (_, _) => scope.ServiceProvider.GetRequiredService<Pairs>().AddAsync(first, second), new FatServiceRegisterAttribute { LocalTransactionCount = 1 });

        Assert.True(result.Outcome == FatOutcome.Committed, $"{result.Error}");
        Assert.True(await service.HasAsync(first));
        Assert.True(await service.HasAsync(second));
    }

    [Fact]
    public async Task It_joins_outside_of_groups_and_goes_with_the_outer_one()
    {
        var service = await world.StartAsync("autofac_alone", autofac: true, configure: fat => fat.AddTransactional<Pairs>());
        var (first, second) = (world.NextId(), world.NextId());
        await using var scope = service.Services.CreateAsyncScope();

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => scope.ServiceProvider.GetRequiredService<Pairs>().AddThenFailAsync(first, second));

        Assert.Equal("2 of 2", thrown.Message);
        Assert.False(await service.HasAsync(first));
        Assert.False(await service.HasAsync(second));
    }

    [Fact]
    public async Task A_method_of_another_scope_has_its_own_context_lent()
    {
        var service = await world.StartAsync("autofac_scopes", autofac: true);
        var id = world.NextId();
        await using var scope = service.Services.CreateAsyncScope();
        await using var other = service.Services.CreateAsyncScope();

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => scope.ServiceProvider.GetRequiredService<IItems>().WorkAsync(async _ =>
        {
            await other.ServiceProvider.GetRequiredService<IItems>().AddAsync(id, Stop);
            throw new InvalidOperationException("Rolled back.");
        }));

        Assert.Equal("Rolled back.", thrown.Message);
        Assert.False(await service.HasAsync(id));
    }

    [Fact]
    public async Task Background_work_connects_in_DI_scopes_of_its_own()
    {
        var tags = new ConcurrentBag<object>();
        var service = await world.StartAsync("autofac_background", autofac: true, configure: fat => fat.AddDatabase("tagged", provider =>
        {
            tags.Add(provider.GetRequiredService<ILifetimeScope>().Tag);
            return new NpgsqlConnection(world.Orders.ConnectionString);
        }));
        await service.StopAsync();

        Assert.NotEmpty(tags);
        Assert.DoesNotContain(LifetimeScope.RootTag, tags);
    }

    public class Pairs(ItemsContext context, IItems items)
    {
        [FatTransaction]
        public virtual async Task AddAsync(int first, int second)
        {
            context.Items.Add(new Item { Id = first, Text = "first" });
            await items.AddAsync(second, Stop);
        }

        [FatTransaction]
        public virtual async Task AddThenFailAsync(int first, int second)
        {
            await AddAsync(first, second);
            throw new InvalidOperationException($"{await context.Items.CountAsync(item => item.Id == first || item.Id == second, Stop)} of 2");
        }
    }
}
