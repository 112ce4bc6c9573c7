using Fat.Protocol;
using Fat.Registry;

namespace Fat.Core.Tests.Registry;

public abstract partial class HistoryContract
{
    [Fact]
    public async Task A_group_is_found_with_all_that_was_told_of_it()
    {
        var group = Group(PastOutcome.RolledBack, reason: "Out of stock:\n在庫 😀 \"</script>");
        var (one, two) = (Branch(group), Branch(group, "2.1", "It was stopped.") with { Vote = Vote.Pending, Decision = null, Voted = null, Decided = null, Finished = null });
        await TellAsync(one, group, two);

        var found = await FindAsync(group);

        Assert.NotNull(found);
        Assert.Equal(group, found.Group);
        Assert.Equal([one, two], found.Branches);
        Assert.Equal([group], await ListAsync());
        Assert.Null(await FindAsync(Group()));
    }

    [Fact]
    public async Task A_group_of_which_only_branches_told_is_kept_and_becomes_whole_when_its_root_tells()
    {
        var group = Group();
        var branch = Branch(group);
        await TellAsync(branch);

        var alone = (await FindAsync(group))!;
        Assert.Equal((PastOutcome.Told, group.Root, string.Empty, group.Gid.Began), (alone.Group.Outcome, alone.Group.Root, alone.Group.Method, alone.Group.Began));
        Assert.Equal([branch], alone.Branches);
        await TellAsync(group);

        var whole = (await FindAsync(group))!;
        Assert.Equal(group, whole.Group);
        Assert.Equal([branch], whole.Branches);
        Assert.Equal([group], await ListAsync(PastOutcome.Committed));
        Assert.Empty(await ListAsync(PastOutcome.Told));
    }

    [Fact]
    public async Task It_is_listed_when_its_root_has_not_told_for_a_minute()
    {
        var (young, old) = (Group(), Group(ended: Now.AddMinutes(-2)));
        await TellAsync(Branch(young), Branch(old));

        Assert.Equal([old.Gid], (await ListAsync()).Select(group => group.Gid));
        Assert.Equal([old.Gid], (await ListAsync(PastOutcome.Told)).Select(group => group.Gid));
    }

    [Fact]
    public async Task A_repetition_changes_nothing()
    {
        var group = Group(PastOutcome.RolledBack, reason: "Out of stock.");
        var branch = Branch(group);
        await TellAsync(group, branch);
        await TellAsync(group, branch);

        Assert.Equal([branch], (await FindAsync(group))!.Branches);
        Assert.Equal([group], await ListAsync());
        var counted = await HourAsync();
        Assert.Equal((1, 1), (counted.RolledBack, counted.Latencies.Values.Sum()));
        Assert.Equal(1, Assert.Single(counted.Aborts).Value);
    }

    [Fact]
    public async Task The_last_word_on_a_branch_counts()
    {
        var group = Group();
        var branch = Branch(group);
        await TellAsync(group, branch with { Finished = null }, branch);

        Assert.Equal([branch], (await FindAsync(group))!.Branches);
    }

    [Fact]
    public async Task A_doubt_ends_with_the_next_word_and_nothing_else_does()
    {
        var group = Group(PastOutcome.InDoubt);
        var settled = new PastSettlement(group.Gid, InstanceId.Unknown(Service), Decision.Committed, Now);
        await TellAsync(group);
        Assert.Equal([group], await ListAsync(PastOutcome.InDoubt));

        await TellAsync(settled);
        await TellAsync(settled with { Decision = Decision.RolledBack }, group);

        Assert.Equal([group with { Outcome = PastOutcome.Committed }], await ListAsync(PastOutcome.Committed));
        Assert.Empty(await ListAsync(PastOutcome.InDoubt));
        Assert.Empty(await ListAsync(PastOutcome.RolledBack));
        var counted = await HourAsync();
        Assert.Equal((1, 0, 1, 1), (counted.Committed, counted.RolledBack, counted.InDoubt, counted.Latencies.Values.Sum()));
    }

    [Fact]
    public async Task A_group_whose_root_is_gone_is_known_by_its_settlement()
    {
        var gone = Group();
        var at = Now;
        await TellAsync(new PastSettlement(gone.Gid, InstanceId.Unknown(Service), Decision.RolledBack, at));

        var found = (await FindAsync(gone))!.Group;
        Assert.Equal((PastOutcome.RolledBack, string.Empty, true, at), (found.Outcome, found.Method, found.Root.IsUnknown, found.Ended));

        // It was only slow, and says itself what it was.
        await TellAsync(gone with { Outcome = PastOutcome.InDoubt });
        found = (await FindAsync(gone))!.Group;
        Assert.Equal((PastOutcome.RolledBack, gone.Method, gone.Root), (found.Outcome, found.Method, found.Root));
    }

    [Fact]
    public async Task The_record_of_a_group_has_an_end()
    {
        var group = Group();
        var branches = Enumerable.Range(1, 400).Select(number => Branch(group, $"{number}", new string('x', 300))).ToList();
        await TellAsync([group, .. branches]);

        var found = (await FindAsync(group))!;
        Assert.Equal(group, found.Group);
        Assert.InRange(found.Branches.Length, 100, 399);
        Assert.Equal(branches.Take(found.Branches.Length), found.Branches);
    }

    [Fact]
    public async Task Exactly_so_many_groups_are_kept_and_the_oldest_go()
    {
        var groups = Enumerable.Range(0, 130).Select(number => Group((PastOutcome)(number % 4 == 3 ? 0 : number % 4), Now.AddSeconds(number - 1000))).ToList();
        foreach (var part in groups.Chunk(50))
            await History.TellAsync(Service, part, Service, 40, Cancellation);

        Assert.Equal(groups.Skip(90).Reverse(), await ListAsync(most: 1000));
        Assert.Null(await FindAsync(groups[89]));
        Assert.NotNull(await FindAsync(groups[90]));
    }

    [Fact]
    public async Task Entries_without_a_root_are_forgotten_too()
    {
        var groups = Enumerable.Range(0, 60).Select(number => Group(ended: Now.AddSeconds(number - 1000))).ToList();
        await History.TellAsync(Service, [.. groups.Select(group => Branch(group))], FatName.Parse("stock", "service"), 10, Cancellation);

        Assert.Equal(groups.Skip(50).Reverse().Select(group => group.Gid), (await ListAsync()).Select(group => group.Gid));
    }

    [Fact]
    public async Task What_the_service_itself_wants_to_keep_counts()
    {
        var groups = Enumerable.Range(0, 20).Select(number => Group(ended: Now.AddSeconds(number - 1000))).ToList();
        await History.TellAsync(Service, [.. groups], Service, 20, Cancellation);
        await History.TellAsync(Service, [Branch(groups[3])], FatName.Parse("stock", "service"), 5, Cancellation);

        Assert.Equal(20, (await ListAsync()).Count);
    }

    [Fact]
    public async Task It_may_vanish()
    {
        var group = Group();
        await TellAsync(group);
        await LoseAsync();

        Assert.Null(await FindAsync(group));
        Assert.Empty(await ListAsync());
        await TellAsync(Branch(group), group);
        Assert.Equal([group], await ListAsync());
        Assert.Contains(Service, await History.ServicesAsync(Cancellation));
    }
}
