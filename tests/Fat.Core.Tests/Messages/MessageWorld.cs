using Fat.Core.Tests.World;
using Fat.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Messages;

/// <summary>A producer, two groups of subscribers, and a service that is called over HTTP.</summary>
public sealed class MessageWorld(Servers servers) : GroupWorld(servers)
{
    /// <summary>Time-outs of messages that tests can wait for.</summary>
    public static readonly TimeSpan TimeoutToFail = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    private static int _order = 1000;

    public CalledService Called { get; private set; } = null!;

    /// <summary>Subscribes as <c>shipping</c>.</summary>
    public Service Shipping { get; private set; } = null!;

    /// <summary>Subscribes as <c>billing</c>.</summary>
    public Service Billing { get; private set; } = null!;

    /// <summary>What the producer's durable writes and messages meet.</summary>
    internal Strikes Strikes { get; } = new();

    /// <summary>What those of the subscriber <c>shipping</c> meet.</summary>
    internal Strikes ShippingStrikes { get; } = new();

    public override async ValueTask InitializeAsync()
    {
        Called = await CalledService.StartAsync();
        Orders = await StartAsync("orders", configure: fat => fat.Services.Select(service => service.ImplementationInstance).OfType<FatRegistrations>().Single().Faults = Strikes);
        Shipping = await StartAsync("shipping", configure: fat =>
        {
            fat.AddSubscriber<Shipping>().AddMessageAlertHandler<Alarm>();
            fat.Services.Select(service => service.ImplementationInstance).OfType<FatRegistrations>().Single().Faults = ShippingStrikes;
        });
        Billing = await StartSubscriberAsync<Billing>("billing");
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Called.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>An order that no other test of this process has: subscribers are shared.</summary>
    public static int NextOrder() => Interlocked.Increment(ref _order);

    /// <summary>One more service, or one more instance of one.</summary>
    public Task<Service> StartSubscriberAsync<TSubscriber>(string name, Action<FatOptions>? options = null)
        where TSubscriber : class =>
        StartAsync(name, options, fat => fat.AddSubscriber<TSubscriber>().AddMessageAlertHandler<Alarm>());

    /// <summary>Redis loses everything that this world has there.</summary>
    public async Task LoseAsync()
    {
        await using var redis = await Servers.Redis.ConnectAsync();
        await redis.ExecuteAsync(["EVAL", $"for _, key in ipairs(redis.call('KEYS', '{KeyPrefix}:*')) do redis.call('DEL', key) end return 0", "0"]);
    }

    /// <summary>Adds an item and publishes that.</summary>
    public static Task<string> OrderAsync(Service service, int id, Action<FatMessage> branches, Func<Task>? also = null, string? gid = null) => InScopeAsync(service, async services =>
    {
        var items = services.GetRequiredService<ItemsContext>();
        var message = services.GetRequiredService<IFatMessages>().New(gid);
        branches(message);
        await message.DoAndSubmitAsync(items, async _ =>
        {
            items.Add(new Item { Id = id, Text = "ordered" });
            await items.SaveChangesAsync(Stop);
            if (also is not null)
                await also();
        }, Stop);
        return message.Gid;
    });

    public static async Task<T> InScopeAsync<T>(Service service, Func<IServiceProvider, Task<T>> work)
    {
        await using var scope = service.Services.CreateAsyncScope();
        return await work(scope.ServiceProvider);
    }

    public static IFatMessageAdmin Admin(Service service) => service.Services.GetRequiredService<IFatMessageAdmin>();

    /// <summary>Waits until what is known of a message is as wished.</summary>
    public static async Task<FatMessageDetails> UntilAsync(Service service, string gid, Func<FatMessageDetails, bool> holds)
    {
        FatMessageDetails? last = null;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        try
        {
            while (true)
            {
                last = await Admin(service).FindAsync(gid, deadline.Token);
                if (last is not null && holds(last))
                    return last;
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, deadline.Token);
            }
        }
        catch (OperationCanceledException exception) when (!Stop.IsCancellationRequested)
        {
            throw new TimeoutException($"Message {gid} is {last} [{string.Join(", ", last?.Branches.AsEnumerable() ?? [])}].", exception);
        }
    }

    public static Task<FatMessageDetails> UntilAsync(Service service, string gid, FatMessageState state) => UntilAsync(service, gid, message => message.State == state);

    protected override void Configure(FatOptions options)
    {
        base.Configure(options);
        options.Messages.TimeoutToFail = TimeoutToFail;
        options.Messages.RetryInterval = TimeSpan.FromMilliseconds(200);
        options.Messages.Lease = Lease;
        options.Messages.AlertAfter = 2;
        options.Messages.Services["called"] = Called.Address;
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;
}
