using Fat.Core.Tests.World;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Groups;

public sealed class PooledContext(DbContextOptions<PooledContext> options) : DbContext(options)
{
    /// <summary>By itself, outside of any [FatTransaction] method.</summary>
    public Task AddAsync(int id) => Database.ExecuteSqlAsync($"INSERT INTO items (id, text) VALUES ({id}, 'pooled')");
}

public interface IPooled
{
    Task AddAndStayAsync(int id, Task until);
}

public class Pooled(PooledContext context) : IPooled
{
    [FatTransaction(Database = "pooled", WaitResultMilliseconds = 300)]
    public async Task AddAndStayAsync(int id, Task until)
    {
        await context.AddAsync(id);
        await until;
    }
}

/// <summary>A DbContext that goes back to its pool while a method that ignores its token still works with it.</summary>
public sealed class PooledContextTests(Servers servers) : IAsyncLifetime
{
    private readonly GroupWorld _world = new(servers);
    private Service _service = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _world.InitializeAsync();
        var connectionString = string.Empty;
        _service = await _world.StartAsync("pooler", configure: fat =>
        {
            fat.Services.AddDbContextPool<PooledContext>(options => options.UseNpgsql(connectionString));
            fat.AddDbContext<PooledContext>("pooled").AddTransactional<IPooled, Pooled>();
        }, connection: text => connectionString = text);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task It_goes_to_its_next_user_without_the_connection_of_that_method()
    {
        var (lost, during, after) = (_world.NextId(), _world.NextId(), _world.NextId());
        var until = new TaskCompletionSource();
        Guid context;
        await using (var scope = _service.Services.CreateAsyncScope())
        {
            context = scope.ServiceProvider.GetRequiredService<PooledContext>().ContextId.InstanceId;
            var result = await _service.RootAsync((_, _) => scope.ServiceProvider.GetRequiredService<IPooled>().AddAndStayAsync(lost, until.Task));
            Assert.Contains("(WaitResult)", Assert.IsType<FatAbortedException>(result.Error).Reason, StringComparison.Ordinal);
        }

        try
        {
            await AddAsync(context, during);
        }
        finally
        {
            until.SetResult();
        }

        await OverAsync();
        await AddAsync(context, after);

        Assert.True(await _service.HasAsync(during), "it was rolled back with the method's transaction");
        Assert.True(await _service.HasAsync(after));
        Assert.False(await _service.HasAsync(lost));
    }

    /// <summary>Adds a row with that context. Others of its pool, which Fat leases too, may come first.</summary>
    private async Task AddAsync(Guid context, int id)
    {
        var scopes = new List<AsyncServiceScope>();
        try
        {
            PooledContext leased;
            do
            {
                scopes.Add(_service.Services.CreateAsyncScope());
                leased = scopes[^1].ServiceProvider.GetRequiredService<PooledContext>();
            }
            while (leased.ContextId.InstanceId != context && scopes.Count < 50);
            Assert.Equal(context, leased.ContextId.InstanceId);
            await leased.AddAsync(id);
        }
        finally
        {
            foreach (var scope in scopes)
                await scope.DisposeAsync();
        }
    }

    /// <summary>The method's transaction has ended.</summary>
    private async Task OverAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        while (await _service.QueryAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'") > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, deadline.Token);
    }
}
