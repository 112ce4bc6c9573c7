using Fat.Core.Tests.World;

namespace Fat.Core.Tests.Messages;

/// <summary>An application that is one process, without Redis.</summary>
public sealed class MessageInMemoryTests(MessageWorld world) : IClassFixture<MessageWorld>
{
    [Fact]
    public async Task A_message_goes_from_the_producer_to_a_subscriber_of_the_same_process()
    {
        var id = MessageWorld.NextOrder();
        var alone = await world.StartAsync("alone", configure: fat => fat.UseInMemoryRegistry().AddSubscriber<Notes>());

        var gid = await MessageWorld.OrderAsync(alone, id, message => message.Publish(Notes.Topic, new Ordered(-id, "tea")).Call("called", $"/alone/{id}", id));

        await MessageWorld.UntilAsync(alone, gid, FatMessageState.Consumed);
        Assert.Equal(("ordered", "noted"), (await alone.TextAsync(id), await alone.TextAsync(-id)));
        Assert.Single(world.Called.To($"/alone/{id}"));
        await world.StopAsync(alone);
    }
}

/// <summary>Adds an item for each order.</summary>
public sealed class Notes(ItemsContext items)
{
    public const string Topic = "notes";

    [FatSubscribe(Topic)]
    public Task NoteAsync(Ordered ordered, FatBarrier barrier, CancellationToken cancellationToken) => barrier.CallAsync(items, async _ =>
    {
        items.Add(new Item { Id = ordered.Id, Text = "noted" });
        await items.SaveChangesAsync(cancellationToken);
    }, cancellationToken);
}
