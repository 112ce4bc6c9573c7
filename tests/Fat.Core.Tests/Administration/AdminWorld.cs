using Fat.Coordination;
using Fat.Core.Tests.World;
using Fat.Protocol;
using Fat.Registry;
using Fat.TestServers;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Administration;

/// <summary>The three services, a Redis of their own, and waits so long that nobody but an operator ends an abandoned group.</summary>
public sealed class AdminWorld(Servers servers) : GroupWorld(servers)
{
    public RedisServer Redis { get; private set; } = null!;

    public static IFatAdmin Admin(Service service) => service.Services.GetRequiredService<IFatAdmin>();

    public override async ValueTask InitializeAsync()
    {
        Redis = await RedisServer.StartAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Redis.DisposeAsync();
    }

    internal static IGroupRegistry Registry(Service service) => service.Services.GetRequiredService<IGroupRegistry>();

    internal static Databases Databases(Service service) => service.Services.GetRequiredService<Databases>();

    internal static InstanceId Instance(Service service) => service.Services.GetRequiredService<Node>().Instance;

    /// <summary>A group whose root is gone: it registered, made its calls, and was never heard of again.</summary>
    internal async Task<AbandonedGroup> AbandonAsync(string rootService = "orders", string database = "orders", TimeSpan? remaining = null)
    {
        var group = new AbandonedGroup(Registry(Stock), FatName.Parse(rootService, "service"), FatName.Parse(database, "database"), remaining ?? TimeSpan.FromMinutes(1));
        await group.RegisterAsync();
        return group;
    }

    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        while (!await holds())
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, deadline.Token);
    }

    public static Task<long> RowsAsync(Service service, string gid, string op = "decision") =>
        service.QueryAsync<long>($"SELECT count(*) FROM fat_barrier WHERE gid = '{gid}' AND op = '{op}'");

    /// <summary>Who asked for what, and what came of it, oldest first.</summary>
    public static async Task<string?> AuditAsync(Service service, string gid) => await service.QueryAsync<string>(
        $"SELECT string_agg(concat_ws('|', who, why, decision, effect, standing), ';' ORDER BY id) FROM fat_audit WHERE gid = '{gid}'");

    protected override void Configure(FatOptions options)
    {
        base.Configure(options);
        options.Redis.Configuration = Redis.ConnectionString;
        options.Redis.CommandTimeout = TimeSpan.FromSeconds(1);
        options.WaitCommit = TimeSpan.FromMinutes(1);
        options.ShutdownTimeout = TimeSpan.Zero;
    }
}
