using Fat.Protocol;
using Fat.Registry;
using Fat.Registry.Redis;

namespace Fat.Core.Tests.Registry;

/// <summary>An operator's slip, or another program with the same prefix, has put something else under a key of Fat's: it hides nothing but what belongs there.</summary>
public abstract class ForeignValueTests(RedisServerFixture fixture) : IAsyncLifetime
{
    private static readonly MessageOrigin Origin = new(GroupSample.Database, "{}");
    private static readonly RedisKeys Keys = new("fat");

    private readonly FatName _service = GroupSample.NewService();
    private OpenRegistry _registry = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _registry = OpenRegistry.Of(new FatRedisOptions { Host = fixture.Server.Host, Port = fixture.Server.Port });
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _registry.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Under_the_key_of_a_group()
    {
        var (group, broken) = (new GroupSample(), new GroupSample());
        foreach (var sample in new[] { group, broken })
            await _registry.Groups.RegisterAsync(sample.RootRegistration(), Stop);
        await _registry.Groups.PublishAsync(group.Gid, GroupSample.Commit(new ChildSample("1").Prepared), Stop);
        await fixture.ExecuteAsync("SET", Keys.Group(broken.Gid).ToString(), "something else");

        var read = await _registry.Groups.ReadAsync([broken.Gid, group.Gid], Stop);

        Assert.Null(read[broken.Gid]);
        Assert.Equal(Decision.Committed, read[group.Gid]!.Decision!.Decision);
        Assert.Equal([group.Gid], (await _registry.Groups.FatesAsync([broken.Gid, group.Gid], Stop)).Keys);
    }

    [Fact]
    public async Task Under_the_key_of_a_message()
    {
        var (message, broken) = (Id("m1"), Id("m2"));
        await _registry.Messages.SubmitAsync(_service, [new SubmittedMessage(message, Origin, ["01"]), new SubmittedMessage(broken, Origin, ["01"])], Stop);
        await fixture.ExecuteAsync("SET", Keys.Message(_service, broken).ToString(), "something else");

        var read = await _registry.Messages.ReadAsync(_service, [broken, message], Stop);

        Assert.Null(read[0]);
        Assert.Equal(MessageState.Submitted, read[1]!.State);
    }

    [Fact]
    public async Task In_the_place_of_a_note_of_a_queue()
    {
        var queue = QueueName.Calls(_service);
        await _registry.Queues.PutAsync(queue, [new WorkItem("a", "first"), new WorkItem("b", "second")], Stop);
        await fixture.ExecuteAsync("HSET", Keys.Queue(queue)[0].ToString(), "n:a", "something else");

        var taken = await _registry.Queues.TakeAsync(queue, GroupSample.NewInstance("orders"), 10, TimeSpan.FromMinutes(1), Stop);

        Assert.Equal("b", Assert.Single(taken.Items).Hold.Id);

        // Whoever misses it puts it once more.
        await _registry.Queues.PutAsync(queue, [new WorkItem("a", "first")], Stop);
        Assert.Equal("a", Assert.Single((await _registry.Queues.TakeAsync(queue, GroupSample.NewInstance("orders"), 10, TimeSpan.FromMinutes(1), Stop)).Items).Hold.Id);
    }

    private static MessageId Id(string text) => MessageId.TryParse(text, out var id) ? id : throw new ArgumentException(text, nameof(text));
}

public sealed class RedisForeignValueTests(PlainRedisFixture fixture) : ForeignValueTests(fixture), IClassFixture<PlainRedisFixture>;

public sealed class GarnetForeignValueTests(GarnetFixture fixture) : ForeignValueTests(fixture), IClassFixture<GarnetFixture>;
