using Fat.Registry;

namespace Fat.Core.Tests.Registry;

public abstract partial class WorkQueueContract
{
    public static TheoryData<int, string> Shares => new()
    {
        { 2, "late1 new1" },
        { 3, "late1 new1 new2" },
        { 4, "late1 late2 new1 new2" },
        { 5, "late1 late2 new1 new2 new3" },
        { 7, "late1 late2 late3 new1 new2 new3 new4" },
        { 10, "late1 late2 late3 late4 late5 late6 new1 new2 new3 new4" },
    };

    [Theory]
    [MemberData(nameof(Shares))]
    public async Task What_is_ready_has_half_of_what_is_taken_beside_what_is_due_again(int most, string taken)
    {
        await PutDueAsync("late1", "late2", "late3", "late4", "late5", "late6");
        await PutAsync("new1", "new2", "new3", "new4");

        Assert.Equal(taken, string.Join(' ', (await TakeAsync(most)).Select(item => item.Hold.Id).Order(StringComparer.Ordinal)));
        await AssertCountsAsync(ready: 4 - taken.Split("new").Length + 1, later: 6 - taken.Split("late").Length + 1, taken: most);
    }

    [Fact]
    public async Task What_is_ready_has_half_of_what_is_taken_beside_what_a_dead_taker_has_left()
    {
        await PutAsync("left1", "left2", "left3", "left4");
        await TakeAsync(4, TimeSpan.FromMilliseconds(1));
        await UntilDueAsync("left4");
        await PutAsync("new1", "new2", "new3");

        Assert.Equal(["left1 left2 new1 new2", "left3 left4 new3", ""], [await SortedAsync(4), await SortedAsync(4), await SortedAsync(4)]);

        async Task<string> SortedAsync(int most) => string.Join(' ', (await TakeAsync(most)).Select(item => item.Hold.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_is_few_leaves_the_rest_to_the_other()
    {
        await PutDueAsync("late1");
        await PutAsync("new1", "new2", "new3", "new4");
        Assert.Equal("late1 new1 new2 new3", await IdsAsync(4));

        await PutDueAsync("late2", "late3", "late4");
        Assert.Equal("late2 late3 late4 new4", await IdsAsync(4));
    }

    [Fact]
    public async Task Of_those_who_take_one_at_a_time_both_have_their_share()
    {
        const int Each = 40;
        await PutDueAsync([.. Enumerable.Range(0, Each).Select(number => $"late{number}")]);
        await PutAsync([.. Enumerable.Range(0, Each).Select(number => $"new{number}")]);

        // By chance, perhaps: that all of these are of one kind happens to nobody.
        var taken = new List<string>();
        for (var number = 0; number < Each; number++)
            taken.Add(await IdsAsync(1));

        Assert.Contains(taken, id => id.StartsWith("late", StringComparison.Ordinal));
        Assert.Contains(taken, id => id.StartsWith("new", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_key_keeps_its_order_where_what_is_ready_goes_beside_what_is_due_again()
    {
        await PutAsync(Item("a1", "a"));
        await EndAsync(await TakeOneAsync("a1"), WorkOutcome.Failed, TimeSpan.FromMilliseconds(1));
        await UntilDueAsync("a1");
        await PutAsync(Item("a2", "a"), Item("a3", "a"), Item("b1", "b"), Item("b2", "b"), Item("free1"), Item("free2"));

        var first = await TakeAsync(4);

        Assert.Equal(["a1", "b1", "free1", "free2"], first.Select(item => item.Hold.Id));
        Assert.Empty(await TakeAsync(4));
        foreach (var item in first)
            await EndAsync(item);
        Assert.Equal("a2 b2", await IdsAsync(4));
    }

    /// <summary>Pieces that had to wait for their time, as those do that have failed, and need not any more.</summary>
    private async Task PutDueAsync(params string[] ids)
    {
        await PutAsync([.. ids.Select(id => Item(id, delay: TimeSpan.FromMilliseconds(1)))]);
        await UntilDueAsync(ids[^1]);
    }

    private async Task UntilDueAsync(string id)
    {
        var due = (await ViewAsync(id))!.Due;
        await UntilAsync(async () => await NowAsync() > due);
    }
}
