using System.Globalization;
using Fat.Protocol;
using Fat.Registry;

namespace Fat.Core.Tests.Registry;

/// <summary>Work that is over leaves nothing behind, and what the server drops of it is mended.</summary>
public sealed class RedisWorkLifetimeTests(PlainRedisFixture fixture) : IClassFixture<PlainRedisFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);
    private static readonly MessageOrigin Origin = new(GroupSample.Database, "{}");

    private readonly QueueName _queue = QueueName.Deliveries(FatName.Parse("order-placed", "topic"), FatName.Parse("shipping", "group"));
    private readonly FatName _service = FatName.Parse("orders", "service name");
    private readonly InstanceId _me = GroupSample.NewInstance("orders");
    private OpenRegistry _registry = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _registry = OpenRegistry.Of(new FatRedisOptions { Host = fixture.Server.Host, Port = fixture.Server.Port, KeyPrefix = "life" });
        await fixture.ExecuteAsync("FLUSHALL");
    }

    public ValueTask DisposeAsync() => _registry.DisposeAsync();

    [Fact]
    public async Task An_empty_queue_leaves_only_what_expires_and_work_does_not()
    {
        const string Head = "life:q:{topic/order-placed/shipping}:";
        for (var number = 0; number < 3; number++)
            await _registry.Queues.TakeAsync(_queue, GroupSample.NewInstance("orders"), 1, Long, Cancellation);
        await _registry.Queues.PutAsync(_queue, [Item("a"), Item("b"), Item("c") with { Delay = Long }, Item("d") with { Key = "k" }, Item("e") with { Key = "k" }], Cancellation);
        var taken = (await _registry.Queues.TakeAsync(_queue, _me, 2, Long, Cancellation)).Items[0];
        await _registry.Queues.EndAsync(_queue, [new WorkEnd(taken.Hold, WorkOutcome.SetAside) { Reason = "bad" }], Cancellation);

        Assert.Equal(
            "aside holders idle later number pieces ready taken waiting",
            string.Join(' ', (await KeysAsync()).Where(key => key.StartsWith(Head, StringComparison.Ordinal)).Select(key => key[Head.Length..])));
        foreach (var key in (string[])["aside", "holders", "later", "pieces", "ready", "taken", "waiting"])
            Assert.Equal(-1, await TimeToLiveAsync(Head + key));

        foreach (var id in "abcde")
            Assert.True(await _registry.Queues.RemoveAsync(_queue, id.ToString(), Cancellation));
        var left = await KeysAsync();
        Assert.Equal([Head + "idle", Head + "number"], left.Where(key => !key.StartsWith("life:inbox:", StringComparison.Ordinal)), StringComparer.Ordinal);
        foreach (var key in left)
            Assert.InRange(await TimeToLiveAsync(key), 1, (long)RegistryLifetimes.Numbers.TotalMilliseconds);
    }

    [Theory]
    [InlineData("ready")]
    [InlineData("later")]
    [InlineData("taken")]
    [InlineData("waiting")]
    [InlineData("holders")]
    [InlineData("aside")]
    public async Task What_was_dropped_of_a_queue_is_mended_by_those_who_put_their_work_again(string key)
    {
        WorkItem[] items = [Item("k1") with { Key = "k" }, Item("k2") with { Key = "k" }, Item("later") with { Delay = Long }, Item("set"), Item("free")];
        await _registry.Queues.PutAsync(_queue, items, Cancellation);
        var taken = await _registry.Queues.TakeAsync(_queue, _me, 2, Long, Cancellation);
        Assert.Equal(["k1", "set"], taken.Items.Select(item => item.Hold.Id), StringComparer.Ordinal);
        await _registry.Queues.EndAsync(_queue, [new WorkEnd(taken.Items[1].Hold, WorkOutcome.SetAside)], Cancellation);
        await fixture.ExecuteAsync("DEL", $"life:q:{{{_queue}}}:{key}");

        var missing = (await _registry.Queues.ReadAsync(_queue, [.. items.Select(item => item.Id)], Cancellation)).Zip(items).Where(piece => piece.First is null).Select(piece => piece.Second.Id);
        Assert.Equal([key switch { "waiting" or "holders" => "k2", "taken" => "k1", "later" => "later", "aside" => "set", _ => "free" }], missing, StringComparer.Ordinal);
        await _registry.Queues.PutAsync(_queue, items, Cancellation);
        foreach (var id in (string[])["later", "set"])
            await _registry.Queues.RetryNowAsync(_queue, id, Cancellation);
        if (key == "taken")
            await _registry.Queues.PutAsync(_queue, items, Cancellation);
        else
            await _registry.Queues.EndAsync(_queue, [new WorkEnd(taken.Items[0].Hold, WorkOutcome.Done)], Cancellation);

        var seen = new List<string>();
        while ((await _registry.Queues.TakeAsync(_queue, _me, 10, Long, Cancellation)).Items is { Count: > 0 } more)
        {
            seen.AddRange(more.Select(item => item.Hold.Id));
            Assert.Empty(await _registry.Queues.EndAsync(_queue, [.. more.Select(item => new WorkEnd(item.Hold, WorkOutcome.Done))], Cancellation));
        }

        string[] all = key == "taken" ? ["free", "k1", "k2", "later", "set"] : ["free", "k2", "later", "set"];
        Assert.Equal(all, seen.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(default, await _registry.Queues.CountAsync(_queue, Cancellation));
    }

    [Fact]
    public async Task A_key_whose_holder_was_dropped_is_free()
    {
        await _registry.Queues.PutAsync(_queue, [Item("a") with { Key = "k" }, Item("b") with { Key = "k" }], Cancellation);
        await fixture.ExecuteAsync("DEL", $"life:q:{{{_queue}}}:pieces");

        await _registry.Queues.PutAsync(_queue, [Item("c") with { Key = "k" }, Item("d") with { Key = "k" }], Cancellation);

        var taken = Assert.Single((await _registry.Queues.TakeAsync(_queue, _me, 10, Long, Cancellation)).Items);
        Assert.Equal("c", taken.Hold.Id);
        await _registry.Queues.EndAsync(_queue, [new WorkEnd(taken.Hold, WorkOutcome.Done)], Cancellation);
        Assert.Equal("d", Assert.Single((await _registry.Queues.TakeAsync(_queue, _me, 10, Long, Cancellation)).Items).Hold.Id);
    }

    [Fact]
    public async Task Every_key_of_messages_expires_in_its_time()
    {
        foreach (var id in (string[])["prepared", "cancelled"])
            await _registry.Messages.PrepareAsync(_service, Id(id), Origin, Long, Cancellation);
        await _registry.Messages.CancelAsync(_service, Id("cancelled"), "no row", Cancellation);
        await _registry.Messages.SubmitAsync(_service, [.. ((string[])["open", "bad", "over"]).Select(id => new SubmittedMessage(Id(id), Origin, ["01"]))], Cancellation);
        await _registry.Messages.TellAsync(
            _service, [new BranchNews(Id("bad"), "01", BranchState.Failed, 1, "bad"), new BranchNews(Id("over"), "01", BranchState.Consumed, 1, null)], Long, Cancellation);

        foreach (var (id, expected) in new[]
        {
            ("prepared", Long + RegistryLifetimes.PreparedMessage), ("cancelled", RegistryLifetimes.MessageOver), ("open", RegistryLifetimes.Message),
            ("bad", RegistryLifetimes.Message), ("over", Long),
        })
        {
            await LivesAsync($"life:m:{{orders}}:{id}", expected);
        }

        foreach (var list in (string[])["prepared", "asked", "databases", "submitted", "failed", "consumed", "cancelled", "rows"])
            await LivesAsync($"life:messages:{{orders}}:{list}", RegistryLifetimes.Message);
        Assert.Equal(13, (await KeysAsync()).Count);
    }

    [Fact]
    public async Task Only_the_latest_messages_that_have_ended_are_listed()
    {
        const string Fill = "for i = 1, 10000 do redis.call('ZADD', KEYS[1], i, 'm' .. i) end for i = 1, 100000 do redis.call('ZADD', KEYS[2], i, 'm' .. i .. ' main') end";
        await fixture.ExecuteAsync("EVAL", Fill, "2", "life:messages:{orders}:consumed", "life:messages:{orders}:rows");
        await _registry.Messages.SubmitAsync(_service, [new SubmittedMessage(Id("new"), Origin, [])], Cancellation);

        Assert.Equal(RegistryLimits.ListedMessages, await _registry.Messages.CountAsync(_service, MessageState.Consumed, Cancellation));
        Assert.Equal("new", Assert.Single(await _registry.Messages.ListAsync(_service, MessageState.Consumed, 0, 1, Cancellation)).Text);
        Assert.Equal("m2", Assert.Single(await _registry.Messages.TakeEndedAsync(_service, 1, Long, Cancellation)).Id.Text);
        Assert.Equal(RegistryLimits.EndedMessages, int.Parse((string)(await fixture.ExecuteAsync("ZCARD", "life:messages:{orders}:rows"))!, CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Subscriptions_do_not_expire()
    {
        await _registry.Messages.SubscribeAsync(_service, _service, Cancellation);

        Assert.Equal(["life:{topics}", "life:{topics}:orders"], await KeysAsync(), StringComparer.Ordinal);
        Assert.Equal(-1, await TimeToLiveAsync("life:{topics}"));
        await _registry.Messages.UnsubscribeAsync(_service, _service, Cancellation);
        Assert.Empty(await KeysAsync());
    }

    private static WorkItem Item(string id) => new(id, "body");

    private static MessageId Id(string text) => MessageId.TryParse(text, out var id) ? id : default;

    private async Task<IReadOnlyList<string>> KeysAsync() =>
        [.. ((IEnumerable<object?>)(await fixture.ExecuteAsync("KEYS", "*"))!).Cast<string>().Order(StringComparer.Ordinal)];

    private async Task<long> TimeToLiveAsync(string key) => long.Parse((string)(await fixture.ExecuteAsync("PTTL", key))!, CultureInfo.InvariantCulture);

    private async Task LivesAsync(string key, TimeSpan expected) =>
        Assert.InRange(TimeSpan.FromMilliseconds(await TimeToLiveAsync(key)), expected - TimeSpan.FromSeconds(15), expected);
}
