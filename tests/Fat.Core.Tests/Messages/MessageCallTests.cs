namespace Fat.Core.Tests.Messages;

/// <summary>How answers of called services are read, waited for and counted.</summary>
public sealed class MessageCallTests(MessageWorld world) : IClassFixture<MessageWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("application/json; charset=utf8")]
    [InlineData("application/json; charset=gbk")]
    [InlineData("application/json; charset=\"nonsense\"")]
    public async Task An_answer_of_a_charset_that_is_not_known_is_read_all_the_same(string contentType)
    {
        var (id, answers) = (MessageWorld.NextOrder(), 0);
        world.Called.ContentTypes[$"/charset/{id}"] = contentType;
        world.Called.Answers[$"/charset/{id}"] = _ => Task.FromResult((200, Interlocked.Increment(ref answers) == 1 ? """{"dtm_result":"FAILURE"}""" : """{"dtm_result":"SUCCESS"}"""));

        var gid = await MessageWorld.OrderAsync(world.Orders, id, message => message.Call("called", $"/charset/{id}"));

        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);
        Assert.Equal(2, world.Called.To($"/charset/{id}").Count);
    }

    [Fact]
    public async Task A_long_answer_is_not_read_to_its_end()
    {
        var id = MessageWorld.NextOrder();
        world.Called.Answers[$"/long/{id}"] = _ => Task.FromResult((200, new string('x', 1_000_000) + "FAILURE"));

        var gid = await MessageWorld.OrderAsync(world.Orders, id, message => message.Call("called", $"/long/{id}"));

        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);
        Assert.Single(world.Called.To($"/long/{id}"));
    }
}
