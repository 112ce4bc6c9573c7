using System.Reflection;
using Fat.Core.Tests.World;
using Fat.Messages;
using Fat.Protocol;
using Fat.Registry;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Messages;

/// <summary>What a search costs, and what it takes for lost.</summary>
public sealed class MessageSweepTests(MessageWorld world) : IClassFixture<MessageWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_that_has_ended_is_read_once_however_long_its_row_waits()
    {
        var id = MessageWorld.NextOrder();

        // The row waits for two of these.
        var producer = await world.StartAsync("unhurried", options => options.RecoveryInterval = TimeSpan.FromSeconds(15));
        var gid = await MessageWorld.OrderAsync(producer, id, message => message.Publish(Shipping.Topic, new Ordered(id, "tea")));
        await MessageWorld.UntilAsync(producer, gid, FatMessageState.Consumed);
        await producer.QueryAsync<long>($"UPDATE fat_barrier SET create_time = create_time - interval '1 hour' WHERE gid = '{gid}'; SELECT 1::bigint");

        var (center, dispatch) = (producer.Services.GetRequiredService<MessageCenter>(), producer.Services.GetRequiredService<Dispatch>());
        var records = DispatchProxy.Create<IMessageRecords, Counted>();
        var counted = (Counted)(object)records;
        counted.Records = center.Records;
        center = center with { Records = records };

        // The service's own sweep may have been told of the end, and this one is not: it has to find out.
        await records.ForgetEndedAsync(center.Node.Service, [PlaceOf(gid, center)], Stop);
        var purge = new MessagePurge(center);
        for (var turn = 0; turn < 3; turn++)
            await new MessageSweep(center, dispatch, purge).TurnAsync(Stop);

        Assert.Equal(1, counted.Reads.Count(read => read.Text == gid));
        Assert.Equal(1, await producer.QueryAsync<long>($"SELECT count(*) FROM fat_barrier WHERE gid = '{gid}' AND payload IS NOT NULL"));
    }

    [Fact]
    public async Task A_message_that_has_ended_is_not_sent_again_when_its_record_has_expired_before_its_row()
    {
        // The row waits longer than the test takes.
        var producer = await world.StartAsync("forgetful", options => (options.RecoveryInterval, options.Messages.RecordsKept) = (TimeSpan.FromSeconds(15), TimeSpan.FromMilliseconds(100)));
        var (gid, path) = await CallAsync(producer);
        await producer.QueryAsync<long>($"UPDATE fat_barrier SET create_time = create_time - interval '1 hour' WHERE gid = '{gid}'; SELECT 1::bigint");

        // Another instance, to which the end was not handed out.
        var (center, dispatch) = (producer.Services.GetRequiredService<MessageCenter>(), producer.Services.GetRequiredService<Dispatch>());
        await center.Records.TakeEndedAsync(center.Node.Service, 500, TimeSpan.FromMinutes(1), Stop);
        await new MessageSweep(center, dispatch, new MessagePurge(center)).TurnAsync(Stop);

        Assert.Null(Assert.Single(await center.Records.ReadAsync(center.Node.Service, [PlaceOf(gid, center).Id], Stop)));
        Assert.Single(world.Called.To(path));
    }

    [Fact]
    public async Task A_producer_that_was_away_ends_the_rows_of_messages_that_ended_before()
    {
        static void Forget(FatOptions options) => options.Messages.RecordsKept = TimeSpan.FromMilliseconds(100);

        var producer = await world.StartAsync("monthly", Forget);
        var (gid, path) = await CallAsync(producer);
        await world.StopAsync(producer);
        producer = await world.StartAsync("monthly", Forget);

        await Dialects.TillWorld.UntilAsync(async () => await producer.QueryAsync<long>($"SELECT count(*) FROM fat_barrier WHERE gid = '{gid}' AND reason LIKE 'msg:%'") == 0);
        Assert.Single(world.Called.To(path));
    }

    /// <summary>A message of one call that has ended, and whose record has expired.</summary>
    private async Task<(string Gid, string Path)> CallAsync(Service producer)
    {
        var (id, center) = (MessageWorld.NextOrder(), producer.Services.GetRequiredService<MessageCenter>());
        var gid = await MessageWorld.OrderAsync(producer, id, message => message.Call("called", $"/once/{id}"));
        await Dialects.TillWorld.UntilAsync(async () =>
            world.Called.To($"/once/{id}").Count > 0 && (await center.Records.ReadAsync(center.Node.Service, [PlaceOf(gid, center).Id], Stop))[0] is null);
        Assert.Equal(1, await producer.QueryAsync<long>($"SELECT count(*) FROM fat_barrier WHERE gid = '{gid}' AND reason LIKE 'msg:%'"));
        return (gid, $"/once/{id}");
    }

    private static MessagePlace PlaceOf(string gid, MessageCenter center) =>
        new(MessageId.TryParse(gid, out var id) ? id : default, center.Stores.Tables.Single().Database.Name);

    /// <summary>Notes which messages are read.</summary>
#pragma warning disable CA1852 // The proxy derives from it.
    internal class Counted : DispatchProxy
#pragma warning restore CA1852
    {
        internal IMessageRecords Records { get; set; } = null!;

        internal List<MessageId> Reads { get; } = [];

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.Name == nameof(IMessageRecords.ReadAsync))
                Reads.AddRange((IReadOnlyList<MessageId>)args![1]!);
            return targetMethod.Invoke(Records, args);
        }
    }
}
