using System.Reflection;
using Fat.Messages;
using Fat.Protocol;
using Fat.Registry;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Messages;

/// <summary>What a search costs.</summary>
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
        await records.TakeEndedAsync(center.Node.Service, 1_000, Stop);
        var purge = new MessagePurge(center);
        for (var turn = 0; turn < 3; turn++)
            await new MessageSweep(center, dispatch, purge).TurnAsync(Stop);

        Assert.Equal(1, counted.Reads.Count(read => read.Text == gid));
        Assert.Equal(1, await producer.QueryAsync<long>($"SELECT count(*) FROM fat_barrier WHERE gid = '{gid}' AND payload IS NOT NULL"));
    }

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
