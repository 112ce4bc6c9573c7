using Adapters;
using Fat.Core.Tests.World;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Fat.Core.Tests.Adapters;

/// <summary>The consumer of docs/adapters.md: an entry becomes a group over two services, once.</summary>
public sealed class StreamConsumerTests(GroupWorld world) : IClassFixture<GroupWorld>
{
    private const string Group = "orders";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_entry_is_a_group_and_is_acknowledged_when_that_has_committed()
    {
        await using var queue = await Queue.OpenAsync(world);
        var id = world.NextId();
        await queue.AddAsync(id);

        Assert.Equal(1, await queue.Consumer().TurnAsync(queue.HandleAsync, Stop));
        Assert.True(await world.Orders.HasAsync(id));
        await world.Stock.SeesAsync(id, Stop);
        Assert.Equal(0, await queue.PendingAsync());
        Assert.Equal(0, await queue.Consumer().TurnAsync(queue.HandleAsync, Stop));
    }

    [Fact]
    public async Task An_entry_whose_acknowledgement_was_lost_comes_again_and_takes_effect_once()
    {
        await using var queue = await Queue.OpenAsync(world);
        var id = world.NextId();
        await queue.AddAsync(id);
        await queue.Consumer().TurnAsync(queue.HandleAsync, Stop);
        await queue.ForgetAsync();

        Assert.Equal(1, await queue.Consumer("another").TurnAsync(queue.HandleAsync, Stop));
        Assert.Equal((2, 1), (queue.Handled, queue.Worked));
        Assert.Equal(0, await queue.PendingAsync());
    }

    [Fact]
    public async Task An_entry_that_fails_leaves_nothing_and_is_taken_over_by_another_process()
    {
        await using var queue = await Queue.OpenAsync(world);
        var id = world.NextId();
        await queue.AddAsync(id);
        queue.Fails = true;

        Assert.Equal(0, await queue.Consumer().TurnAsync(queue.HandleAsync, Stop));
        Assert.Equal(1, await queue.PendingAsync());
        Assert.False(await world.Orders.HasAsync(id));
        await world.NothingPreparedAsync(world.Stock);
        Assert.False(await world.Stock.HasAsync(id));

        queue.Fails = false;
        Assert.Equal(1, await queue.Consumer("another").TurnAsync(queue.HandleAsync, Stop));
        Assert.True(await world.Orders.HasAsync(id));
        await world.Stock.SeesAsync(id, Stop);
    }

    private sealed class Queue(GroupWorld world, ConnectionMultiplexer redis, string stream) : IAsyncDisposable
    {
        public bool Fails { get; set; }

        /// <summary>How often an entry was handled.</summary>
        public int Handled { get; private set; }

        /// <summary>How often its work was done.</summary>
        public int Worked { get; private set; }

        public static async Task<Queue> OpenAsync(GroupWorld world)
        {
            var redis = await ConnectionMultiplexer.ConnectAsync(world.Servers.Redis.ConnectionString);
            var stream = $"stream-{world.KeyPrefix}-{world.NextId()}";
            await redis.GetDatabase().ExecuteAsync("XGROUP", "CREATE", stream, Group, "0", "MKSTREAM");
            return new Queue(world, redis, stream);
        }

        public async Task AddAsync(int id) => await redis.GetDatabase().ExecuteAsync("XADD", stream, "*", "order", id);

        public StreamConsumer Consumer(string name = "one") =>
            new(redis, world.Orders.Services.GetRequiredService<IFatScopes>(), stream, Group, name) { TakenOverAfter = TimeSpan.Zero };

        /// <summary>The barrier and the order in the consumer's own transaction; then the other service, in the same group.</summary>
        public async Task HandleAsync(StreamEntry entry, FatBarrier barrier, CancellationToken aborted)
        {
            Handled++;
            var id = int.Parse(entry.Body, System.Globalization.CultureInfo.InvariantCulture);
            var isNew = false;
            await using var scope = world.Orders.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<IItems>().WorkAsync(async context => isNew = await barrier.CallAsync(context, async _ =>
            {
                context.Items.Add(new Item { Id = id, Text = "ordered" });
                await context.SaveChangesAsync(aborted);
            }, aborted));
            if (!isNew)
                return;
            Worked++;
            await world.Stock.CallAsync((items, token) => items.AddAsync(id, token));
            if (Fails)
                throw new InvalidOperationException("No truck.");
        }

        public async Task<long> PendingAsync() => (long)((RedisResult[])(await redis.GetDatabase().ExecuteAsync("XPENDING", stream, Group))!)[0];

        /// <summary>All that was acknowledged is delivered again, as after an XACK that did not arrive.</summary>
        public async Task ForgetAsync() => await redis.GetDatabase().ExecuteAsync("XGROUP", "SETID", stream, Group, "0");

        public async ValueTask DisposeAsync()
        {
            await redis.GetDatabase().ExecuteAsync("DEL", stream);
            redis.Dispose();
        }
    }
}
