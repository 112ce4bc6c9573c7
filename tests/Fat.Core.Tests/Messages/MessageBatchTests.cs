using Fat.Faults;
using Fat.Hosting;

namespace Fat.Core.Tests.Messages;

/// <summary>Messages of the same moment go to Redis together.</summary>
public sealed class MessageBatchTests(MessageWorld world) : IClassFixture<MessageWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_committed_while_a_submission_is_under_way_is_submitted_with_one_command()
    {
        var gate = new Gate(FaultPoint.SubmitMessage);
        var service = await world.StartAsync("together", configure: fat => fat.Services.Select(one => one.ImplementationInstance).OfType<FatRegistrations>().Single().Faults = gate);
        var ids = Enumerable.Range(0, 12).Select(_ => MessageWorld.NextOrder()).ToList();

        var first = OrderAsync(ids[0]);
        await gate.Reached;
        var others = ids.Skip(1).Select(id => OrderAsync(id)).ToArray();
        foreach (var id in ids)
            await service.SeesAsync(id, Stop);
        gate.Open();
        string[] gids = [await first, .. await Task.WhenAll(others)];

        // Whose row was seen may still be on his way to the others, one or another behind them; alone they would be twelve.
        Assert.InRange(gate.Came, 2, 6);
        foreach (var (id, gid) in ids.Zip(gids))
        {
            await MessageWorld.UntilAsync(service, gid, FatMessageState.Consumed);
            Assert.Equal(("ordered", "ordered tea", "billed"), (await service.TextAsync(id), await world.Shipping.TextAsync(id), await world.Billing.TextAsync(id)));
        }

        await world.StopAsync(service);

        Task<string> OrderAsync(int id) => MessageWorld.OrderAsync(service, id, message => message.Publish(Shipping.Topic, new Ordered(id, "tea")));
    }
}
