namespace Fat.Core.Tests.Messages;

/// <summary>Where the application creates the tables (<see cref="FatOptions.CreateBarrierTable"/>), Fat runs no DDL.</summary>
public sealed class OwnTablesTests(MessageWorld world) : IClassFixture<MessageWorld>
{
    [Fact]
    public async Task Nothing_is_created_when_a_message_is_published()
    {
        var bare = await world.StartAsync("bare", options => options.CreateBarrierTable = false);
        var id = MessageWorld.NextOrder();

        var thrown = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => MessageWorld.OrderAsync(bare, id, message => message.Publish(Shipping.Topic, new Ordered(id, "tea"))));

        Assert.Equal("42P01", thrown.SqlState);
        Assert.Null(await bare.QueryAsync<string>("SELECT to_regclass('fat_barrier')::text"));
        Assert.Null(await bare.QueryAsync<string>("SELECT to_regclass('fat_audit')::text"));
        Assert.False(await bare.HasAsync(id));
    }
}
