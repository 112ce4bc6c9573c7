using Fat.Core.Tests.World;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Interception;

/// <summary>What most of its heirs have in common.</summary>
public class Repository(ItemsContext context)
{
    [FatTransaction]
    public virtual Task<bool> SaveAsync(int id) => AddAsync(id);

    [FatTransaction]
    public virtual async Task<(T Value, bool Inside)> EchoAsync<T>(int id, T value) => (value, await AddAsync(id));

    [FatTransaction]
    public virtual Task<bool> ChangedAsync(int id) => throw new InvalidOperationException("It is overridden.");

    protected async Task<bool> AddAsync(int id)
    {
        context.Items.Add(new Item { Id = id });
        await context.SaveChangesAsync();
        return FatLocalTransaction.Current is not null;
    }
}

public class ItemRepository(ItemsContext context) : Repository(context)
{
    public override Task<bool> ChangedAsync(int id) => AddAsync(id);
}

public class Repository<TKey>(ItemsContext context)
    where TKey : notnull
{
    [FatTransaction]
    public virtual Task<bool> SaveAsync(TKey key) => AddAsync(key);

    [FatTransaction]
    public virtual async Task<(T Value, bool Inside)> EchoAsync<T>(TKey key, T value) => (value, await AddAsync(key));

    [FatTransaction]
    public virtual Task<bool> ChangedAsync(TKey key) => throw new InvalidOperationException("It is overridden.");

    protected async Task<bool> AddAsync(TKey key)
    {
        context.Items.Add(new Item { Id = Convert.ToInt32(key, System.Globalization.CultureInfo.InvariantCulture) });
        await context.SaveChangesAsync();
        return FatLocalTransaction.Current is not null;
    }
}

public class ByNumber(ItemsContext context) : Repository<int>(context)
{
    public override Task<bool> ChangedAsync(int key) => AddAsync(key);
}

public class ByText(ItemsContext context) : Repository<string>(context);

public sealed class InheritanceWorld(Servers servers) : GroupWorld(servers)
{
    public Service Shop { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Shop = await StartAsync("shop", configure: fat => fat.AddTransactional<ItemRepository>().AddTransactional<Repository, ItemRepository>().AddTransactional<ByNumber>().AddTransactional<ByText>());
    }
}

/// <summary>A class that is proxied itself has the marked methods of the classes above it.</summary>
public sealed class InheritanceTests(InheritanceWorld world) : IClassFixture<InheritanceWorld>
{
    [Fact]
    public async Task A_method_that_is_inherited_runs_in_a_transaction() =>
        await InsideAsync<ItemRepository>((items, id) => items.SaveAsync(id));

    [Fact]
    public async Task A_generic_one_that_is_inherited_does()
    {
        await InsideAsync<ItemRepository>(async (items, id) => await items.EchoAsync(id, "text") is ("text", true));
        await InsideAsync<ItemRepository>(async (items, id) => await items.EchoAsync(id, 42) is (42, true));
    }

    [Fact]
    public async Task One_that_is_overridden_without_a_mark_does() =>
        await InsideAsync<ItemRepository>((items, id) => items.ChangedAsync(id));

    [Fact]
    public async Task A_method_of_a_generic_class_does()
    {
        await InsideAsync<ByNumber>((items, id) => items.SaveAsync(id));
        await InsideAsync<ByText>((items, id) => items.SaveAsync($"{id}"));
    }

    [Fact]
    public async Task A_generic_method_of_a_generic_class_does()
    {
        await InsideAsync<ByNumber>(async (items, id) => await items.EchoAsync(id, "text") is ("text", true));
        await InsideAsync<ByText>(async (items, id) => await items.EchoAsync($"{id}", 42) is (42, true));
    }

    [Fact]
    public async Task One_of_a_generic_class_that_is_overridden_does() =>
        await InsideAsync<ByNumber>((items, id) => items.ChangedAsync(id));

    [Fact]
    public async Task A_class_that_is_registered_by_the_class_above_it_is_what_runs() =>
        await InsideAsync<Repository>((items, id) => items.ChangedAsync(id));

    private async Task InsideAsync<TService>(Func<TService, int, Task<bool>> call)
        where TService : class
    {
        var id = world.NextId();
        await using var scope = world.Shop.Services.CreateAsyncScope();
        Assert.True(await call(scope.ServiceProvider.GetRequiredService<TService>(), id));
        Assert.True(await world.Shop.HasAsync(id));
    }
}
