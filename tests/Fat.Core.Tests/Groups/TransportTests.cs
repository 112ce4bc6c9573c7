using System.Collections.Concurrent;
using Fat.Core.Tests.World;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Groups;

/// <summary>The remote data of the message being handled, as a queue consumer would keep it.</summary>
public sealed class QueueAdapter : ICustomRemoteDataAdapter
{
    private static readonly AsyncLocal<IReadOnlyDictionary<string, string>?> Handled = new();

    public static ConcurrentQueue<IReadOnlyDictionary<string, string>> Replies { get; } = new();

    public static bool CarriesReplies { get; set; }

    public static async Task HandleAsync(IReadOnlyDictionary<string, string> fields, Func<Task> consume)
    {
        Handled.Value = fields;
        await consume();
    }

    public IReadOnlyDictionary<string, string>? Read() => Handled.Value;

    public bool Reply(IReadOnlyDictionary<string, string> reply)
    {
        Replies.Enqueue(reply);
        return CarriesReplies;
    }
}

public sealed class TransportWorld(Servers servers) : GroupWorld(servers)
{
    public Service Consumer { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Consumer = await StartAsync("consumer", options => options.SigningKey = null, fat => fat.AddRemoteDataAdapter<QueueAdapter>());
    }
}

/// <summary>Transports that are not HTTP, with and without a way back.</summary>
public sealed class TransportTests(TransportWorld world) : IClassFixture<TransportWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_queue_that_returns_nothing_takes_part_through_the_registry()
    {
        QueueAdapter.CarriesReplies = false;
        var id = world.NextId();
        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            var call = FatContext.BuildRemoteData("consumer")!;
            await ConsumeAsync(call.Fields, items => items.AddAsRootAsync(id));
        });

        Assert.Null(result.Error);
        await world.Consumer.SeesAsync(id, Stop);
    }

    [Fact]
    public async Task A_queue_whose_consumer_fails_rolls_the_group_back_with_its_reason()
    {
        QueueAdapter.CarriesReplies = false;
        var id = world.NextId();
        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            var call = FatContext.BuildRemoteData("consumer")!;
            await Assert.ThrowsAsync<FatAbortedException>(() => ConsumeAsync(call.Fields, items => items.AddAsRootWithWrongCountAsync(id)));
        });

        var error = Assert.IsType<FatAbortedException>(result.Error);
        Assert.Equal("consumer", error.Service);
        Assert.Contains("ServiceCount declares 1", error.Reason, StringComparison.Ordinal);
        await world.NothingPreparedAsync(world.Consumer);
        Assert.False(await world.Consumer.HasAsync(id));
        Assert.False(await world.Orders.HasAsync(id));
    }

    [Fact]
    public async Task A_message_that_nobody_consumes_rolls_the_group_back_in_time()
    {
        var id = world.NextId();
        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            Assert.NotNull(FatContext.BuildRemoteData("consumer"));
        });

        Assert.Contains("calls without an end: 1 (consumer)", Assert.IsType<FatAbortedException>(result.Error).Reason, StringComparison.Ordinal);
        Assert.False(await world.Orders.HasAsync(id));
    }

    [Fact]
    public async Task An_adapter_can_carry_the_reply_back()
    {
        QueueAdapter.CarriesReplies = true;
        QueueAdapter.Replies.Clear();
        var id = world.NextId();
        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            var call = FatContext.BuildRemoteData("consumer")!;
            await ConsumeAsync(call.Fields, items => items.AddAsRootAsync(id));
            Assert.True(QueueAdapter.Replies.TryDequeue(out var reply));
            call.Answered(reply);
        });

        Assert.Null(result.Error);
        await world.Consumer.SeesAsync(id, Stop);
    }

    [Fact]
    public async Task A_reply_that_does_not_tell_what_was_done_rolls_back()
    {
        var id = world.NextId();
        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            FatContext.BuildRemoteData("consumer")!.Answered(new Dictionary<string, string>(StringComparer.Ordinal));
        });

        Assert.Contains("what it did is not known", Assert.IsType<FatAbortedException>(result.Error).Reason, StringComparison.Ordinal);
        Assert.False(await world.Orders.HasAsync(id));
    }

    [Fact]
    public async Task Suppressed_code_is_outside_of_the_group()
    {
        var (inside, outside) = (world.NextId(), world.NextId());
        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            using (FatContext.Suppress())
            {
                Assert.Null(FatContext.BuildRemoteData("stock"));
                await using var scope = world.Orders.Services.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<IItems>().AddAsync(outside, token);
            }

            await items.AddThenFailAsync(inside);
        });

        Assert.IsType<FatAbortedException>(result.Error);
        Assert.True(await world.Orders.HasAsync(outside));
        Assert.False(await world.Orders.HasAsync(inside));
    }

    private Task ConsumeAsync(IReadOnlyDictionary<string, string> fields, Func<IItems, Task> consume) => QueueAdapter.HandleAsync(fields, async () =>
    {
        using var outside = FatContext.Suppress();
        await using var scope = world.Consumer.Services.CreateAsyncScope();
        await consume(scope.ServiceProvider.GetRequiredService<IItems>());
    });
}
