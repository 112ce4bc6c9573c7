using Fat.Core.Tests.World;
using Fat.Faults;
using Fat.Hosting;
using Fat.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Fat.Core.Tests.Incidents;

/// <summary>A service that holds its transactions open, and whose branches can be lost between the decision and their COMMIT.</summary>
internal sealed class HeldWorld(Servers servers) : IAsyncDisposable
{
    private readonly GroupWorld _world = new(servers);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public Service Orders => _world.Orders;

    public Service Stock => _world.Stock;

    public Service Safe { get; private set; } = null!;

    public Strike Strike { get; } = new();

    public Outside Outside => Safe.Services.GetRequiredService<Outside>();

    public IFatAdmin Admin => Safe.Services.GetRequiredService<IFatAdmin>();

    public static async Task<HeldWorld> StartAsync(Servers servers, Action<FatOptions>? options = null, Action<IFatBuilder>? configure = null)
    {
        var world = new HeldWorld(servers);
        await world._world.InitializeAsync();
        world.Safe = await world._world.StartAsync(
            "safe",
            options,
            fat =>
            {
                fat.Services.AddSingleton<Outside>();
                fat.AddTransactional<IDeposits, Deposits>();
                fat.Services.Select(service => service.ImplementationInstance).OfType<FatRegistrations>().Single().Faults = world.Strike;
                configure?.Invoke(fat);
            },
            database => database.Held = true);
        return world;
    }

    public int NextId() => _world.NextId();

    /// <summary>A group that Orders commits with a branch in Safe.</summary>
    public async Task<FatScopeResult> RunAsync(Func<IDeposits, Task> work)
    {
        var id = NextId();
        return await Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await Safe.CallAsync((_, _) => DepositAsync(work));
        });
    }

    /// <summary>Such a group, whose branch in Safe is lost.</summary>
    public async Task<string> LoseAsync(Func<IDeposits, Task> work)
    {
        Strike.At(FaultPoint.CommitHeld, after: false);
        var result = await RunAsync(work);
        Assert.Null(result.Error);
        return result.Gid;
    }

    /// <summary>Runs work of the service in the group that surrounds it.</summary>
    public async Task DepositAsync(Func<IDeposits, Task> work)
    {
        await using var scope = Safe.Services.CreateAsyncScope();
        await work(scope.ServiceProvider.GetRequiredService<IDeposits>());
    }

    /// <summary>Waits for the incident of a group.</summary>
    public async Task<FatIncident> IncidentAsync(string gid, FatIncidentState state)
    {
        FatIncident? found = null;
        await LostBranchWorld.UntilAsync(async () => (found = (await Admin.ListIncidentsAsync(onlyOpen: false, cancellationToken: Stop)).Items.FirstOrDefault(one => one.Gid == gid))?.State, state);
        return found!;
    }

    public Task<string?> TextAsync(int id) => Safe.QueryAsync<string>($"SELECT text FROM items WHERE id = {id}");

    public Task<long> RowsAsync(string table) => Safe.QueryAsync<long>($"SELECT count(*) FROM {table}");

    /// <summary>Nothing is written down of any branch.</summary>
    public async Task NothingLeftAsync()
    {
        await LostBranchWorld.UntilAsync(() => RowsAsync("fat_journal"), 0);
        await LostBranchWorld.UntilAsync(() => Safe.QueryAsync<long>("SELECT count(*) FROM fat_barrier WHERE op = 'held'"), 0);
        Assert.Equal(0, await RowsAsync("fat_journal_events"));
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();
}

/// <summary>Lets the next write at a point fail as a lost connection does.</summary>
internal sealed class Strike : FaultPoints
{
    private (FaultPoint Point, bool After)? _next;

    public void At(FaultPoint point, bool after) => _next = (point, after);

    public override ValueTask BeforeAsync(FaultPoint point, params ReadOnlySpan<GroupId> groups) => Pass(point, after: false);

    public override ValueTask AfterAsync(FaultPoint point, params ReadOnlySpan<GroupId> groups) => Pass(point, after: true);

    private ValueTask Pass(FaultPoint point, bool after)
    {
        if (_next != (point, after))
            return ValueTask.CompletedTask;
        _next = null;
        throw new NpgsqlException("Exception while reading from stream", new IOException("The connection was lost, as the test wanted it."));
    }
}
