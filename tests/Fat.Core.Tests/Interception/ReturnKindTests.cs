using Fat.Core.Tests.World;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Interception;

/// <summary>Every kind of method that can be marked.</summary>
public interface IKinds
{
    void Void(int id);

    int Value(int id);

    string? Null(int id);

    Task TaskOnly(int id);

    Task<string?> TaskOfNull(int id);

    ValueTask ValueTaskOnly(int id);

    ValueTask<int> ValueTaskOf(int id);

    Task<T> Generic<T>(int id, T value);

    void Fails(int id);

    int NotMarked(int id);
}

public class Kinds(ItemsContext context) : IKinds
{
    [FatTransaction]
    public void Void(int id) => Add(id);

    [FatTransaction]
    public int Value(int id) => Add(id);

    [FatTransaction]
    public string? Null(int id) => Add(id) == 0 ? "none" : null;

    [FatTransaction]
    public Task TaskOnly(int id) => AddAsync(id);

    [FatTransaction]
    public async Task<string?> TaskOfNull(int id) => await AddAsync(id) == 0 ? "none" : null;

    [FatTransaction]
    public async ValueTask ValueTaskOnly(int id) => await AddAsync(id);

    [FatTransaction]
    public async ValueTask<int> ValueTaskOf(int id) => await AddAsync(id);

    [FatTransaction]
    public async Task<T> Generic<T>(int id, T value)
    {
        await AddAsync(id);
        return value;
    }

    [FatTransaction]
    public void Fails(int id)
    {
        Add(id);
        throw new InvalidOperationException("Sorry.");
    }

    public int NotMarked(int id) => -id;

    private int Add(int id)
    {
        context.Items.Add(new Item { Id = id });
        return context.SaveChanges();
    }

    private Task<int> AddAsync(int id)
    {
        context.Items.Add(new Item { Id = id });
        return context.SaveChangesAsync();
    }
}

/// <summary>A class without an interface: its virtual methods are intercepted, also when it calls them itself.</summary>
public class VirtualKinds(ItemsContext context)
{
    [FatServiceRegister]
    public virtual async Task RootAsync(int id)
    {
        await AddAsync(id);
        await AddAsync(-id);
    }

    [FatTransaction]
    public virtual async Task<int> AddAsync(int id)
    {
        context.Items.Add(new Item { Id = id });
        return await context.SaveChangesAsync();
    }
}

public sealed class KindsWorld(Servers servers) : GroupWorld(servers)
{
    public Service Shop { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Shop = await StartAsync("shop", configure: fat => fat.AddTransactional<IKinds, Kinds>().AddTransactional<VirtualKinds>());
    }
}

public sealed class ReturnKindTests(KindsWorld world) : IClassFixture<KindsWorld>
{
    public static TheoryData<string, Func<IKinds, int, Task<object?>>, object?> All { get; } = new()
    {
        { "void", (kinds, id) => Run(() => kinds.Void(id)), null },
        { "T", (kinds, id) => Task.FromResult<object?>(kinds.Value(id)), 1 },
        { "null", (kinds, id) => Task.FromResult<object?>(kinds.Null(id)), null },
        { "Task", async (kinds, id) => { await kinds.TaskOnly(id); return null; }, null },
        { "Task<null>", async (kinds, id) => await kinds.TaskOfNull(id), null },
        { "ValueTask", async (kinds, id) => { await kinds.ValueTaskOnly(id); return null; }, null },
        { "ValueTask<T>", async (kinds, id) => await kinds.ValueTaskOf(id), 1 },
        { "generic of a value", async (kinds, id) => await kinds.Generic(id, 42), 42 },
        { "generic of a reference", async (kinds, id) => await kinds.Generic<string?>(id, null), null },
    };

    [Theory]
    [MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public async Task Works_with_and_without_a_group(string kind, Func<IKinds, int, Task<object?>> call, object? expected)
    {
        Assert.NotEmpty(kind);
        var (alone, grouped, lost) = (world.NextId(), world.NextId(), world.NextId());
        await using (var scope = world.Shop.Services.CreateAsyncScope())
            Assert.Equal(expected, await call(scope.ServiceProvider.GetRequiredService<IKinds>(), alone));

        object? returned = "nothing yet";
        var committed = await GroupAsync(async kinds => returned = await call(kinds, grouped));
        var rolledBack = await GroupAsync(async kinds =>
        {
            await call(kinds, lost);
            kinds.Fails(lost);
        });

        Assert.Null(committed.Error);
        Assert.Equal(expected, returned);
        Assert.IsType<InvalidOperationException>(Assert.IsType<FatAbortedException>(rolledBack.Error).InnerException);
        Assert.True(await world.Shop.HasAsync(alone));
        Assert.True(await world.Shop.HasAsync(grouped));
        Assert.False(await world.Shop.HasAsync(lost));
    }

    [Fact]
    public async Task A_method_without_a_mark_is_not_touched()
    {
        await using var scope = world.Shop.Services.CreateAsyncScope();
        Assert.Equal(-3, scope.ServiceProvider.GetRequiredService<IKinds>().NotMarked(3));
    }

    [Fact]
    public async Task Virtual_methods_of_a_class_are_intercepted_also_from_within()
    {
        var id = world.NextId();
        await using (var scope = world.Shop.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<VirtualKinds>().RootAsync(id);
        Assert.True(await world.Shop.HasAsync(id));
        Assert.True(await world.Shop.HasAsync(-id));
    }

    private static Task<object?> Run(Action action)
    {
        action();
        return Task.FromResult<object?>(null);
    }

    private async Task<FatScopeResult> GroupAsync(Func<IKinds, Task> body)
    {
        await using var scope = world.Shop.Services.CreateAsyncScope();
        return await world.Shop.RootAsync((_, _) => body(scope.ServiceProvider.GetRequiredService<IKinds>()));
    }
}
