using Fat.Protocol;
using Fat.Registry;

namespace Fat.Core.Tests.Registry;

public abstract partial class GroupRegistryContract
{
    [Fact]
    public async Task A_branch_whose_process_nobody_knows_is_told_to_all_of_its_service()
    {
        var (group, child, other) = (new GroupSample(), new ChildSample("1"), new ChildSample("2", "accounts"));
        await Registry.VoteAsync(group.Votes(child.Scope, child.Instance, child.Prepared), Cancellation);
        await Registry.VoteAsync(group.Votes(other.Scope, other.Instance, other.Prepared), Cancellation);
        var unnamed = child.Prepared with { Instance = InstanceId.Unknown(child.Instance.Service) };

        await Registry.PublishAsync(group.Gid, GroupSample.Commit(unnamed), Cancellation);

        AssertDecided(group, Decision.Committed, [unnamed], await InboxAsync(child.Instance));
        AssertDecided(group, Decision.Committed, [], await InboxAsync(other.Instance));
        Assert.Empty(await InboxAsync(unnamed.Instance));
    }

    [Fact]
    public async Task A_commit_tells_each_instance_its_own_branches()
    {
        var group = new GroupSample();
        var (one, two) = (new ChildSample("1"), new ChildSample("2", "accounts"));
        var second = new BranchVote(one.Scope.Branch(2), one.Instance, Vote.Prepared);

        await Registry.PublishAsync(group.Gid, GroupSample.Commit(one.Prepared, two.Prepared, second), Cancellation);

        AssertDecided(group, Decision.Committed, [one.Prepared, second], await InboxAsync(one.Instance));
        AssertDecided(group, Decision.Committed, [two.Prepared], await InboxAsync(two.Instance));
    }

    [Fact]
    public async Task A_commit_tells_the_owner_of_a_registered_branch_that_it_is_not_in_the_set()
    {
        var group = new GroupSample();
        var (owner, duplicate) = (new ChildSample("1"), new ChildSample("1"));
        await Registry.VoteAsync(group.Votes(duplicate.Scope, duplicate.Instance, duplicate.Prepared), Cancellation);

        await Registry.PublishAsync(group.Gid, GroupSample.Commit(owner.Prepared), Cancellation);

        AssertDecided(group, Decision.Committed, [], await InboxAsync(duplicate.Instance));
        AssertDecided(group, Decision.Committed, [owner.Prepared], await InboxAsync(owner.Instance));
    }

    [Fact]
    public async Task A_commit_does_not_trouble_instances_without_a_branch()
    {
        var group = new GroupSample();
        var child = new ChildSample("1");
        await Registry.RegisterAsync(group.RootRegistration(), Cancellation);

        await Registry.PublishAsync(group.Gid, GroupSample.Commit(child.Prepared), Cancellation);

        Assert.Empty(await InboxAsync(group.Root));
    }

    [Fact]
    public async Task A_roll_back_tells_the_owners_of_branches_and_of_scopes()
    {
        var group = new GroupSample();
        var (running, voted) = (new ChildSample("1"), new ChildSample("2"));
        await Registry.RegisterAsync(group.Registration(running.Scope, running.Instance), Cancellation);
        await Registry.VoteAsync(group.Votes(voted.Scope, voted.Instance, voted.Prepared), Cancellation);

        await Registry.PublishAsync(group.Gid, DecisionRecord.RolledBack, Cancellation);

        AssertDecided(group, Decision.RolledBack, [], await InboxAsync(running.Instance));
        AssertDecided(group, Decision.RolledBack, [], await InboxAsync(voted.Instance));
    }

    [Fact]
    public async Task A_published_decision_is_read_with_its_set()
    {
        var group = new GroupSample();
        var (one, two) = (new ChildSample("1"), new ChildSample("2"));

        await Registry.PublishAsync(group.Gid, GroupSample.Commit(one.Prepared, two.Prepared), Cancellation);

        var read = await ReadKnownAsync(group);
        Assert.Equal(Decision.Committed, read.Decision!.Decision);
        Assert.Equal([one.Prepared, two.Prepared], read.Decision.Branches);
        Assert.Equal([one.Prepared, two.Prepared], read.Branches.Select(view => view.Branch));
        Assert.Null(read.RootInstance);
        Assert.Null(read.Remaining);
    }

    [Fact]
    public async Task A_commit_without_branches_is_a_commit()
    {
        var group = new GroupSample();
        await Registry.RegisterAsync(group.RootRegistration(), Cancellation);

        await Registry.PublishAsync(group.Gid, GroupSample.Commit(), Cancellation);

        var decision = (await ReadKnownAsync(group)).Decision!;
        Assert.Equal(Decision.Committed, decision.Decision);
        Assert.Empty(decision.Branches);
    }

    [Fact]
    public async Task The_first_published_decision_stays_and_is_told_again()
    {
        var group = new GroupSample();
        var child = new ChildSample("1");
        await Registry.PublishAsync(group.Gid, GroupSample.Commit(child.Prepared), Cancellation);

        await Registry.PublishAsync(group.Gid, DecisionRecord.RolledBack, Cancellation);

        Assert.Equal(Decision.Committed, (await ReadKnownAsync(group)).Decision!.Decision);
        var told = await InboxAsync(child.Instance);
        Assert.Equal(2, told.Count);
        AssertDecided(group, Decision.Committed, [child.Prepared], [told[0]]);
        AssertDecided(group, Decision.Committed, [child.Prepared], [told[1]]);
    }

    [Fact]
    public async Task A_commit_that_is_published_again_does_not_trouble_instances_whose_branches_are_done()
    {
        var group = new GroupSample();
        var (done, other) = (new ChildSample("1"), new ChildSample("2", "accounts"));
        var second = new BranchVote(other.Scope.Branch(2), other.Instance, Vote.Prepared);
        await Registry.PublishAsync(group.Gid, GroupSample.Commit(done.Prepared, other.Prepared, second), Cancellation);
        await InboxAsync(done.Instance);
        await InboxAsync(other.Instance);
        await Registry.DoneAsync(group.Gid, [done.Branch, other.Branch], Cancellation);

        await Registry.PublishAsync(group.Gid, GroupSample.Commit(done.Prepared, other.Prepared, second), Cancellation);

        Assert.Empty(await InboxAsync(done.Instance));
        AssertDecided(group, Decision.Committed, [other.Prepared, second], await InboxAsync(other.Instance));
    }

    [Fact]
    public async Task A_decision_made_here_is_the_first_one()
    {
        var group = new GroupSample();
        var child = new ChildSample("1");
        await Registry.RegisterAsync(group.RootRegistration(), Cancellation);

        var committed = await Registry.DecideAsync(group.Gid, GroupSample.Commit(child.Prepared), Cancellation);
        var late = await Registry.DecideAsync(group.Gid, DecisionRecord.RolledBack, Cancellation);

        Assert.Equal(Decision.Committed, committed.Decision);
        Assert.Equal([child.Prepared], committed.Branches);
        Assert.Equal(Decision.Committed, late.Decision);
        Assert.Equal([child.Prepared], late.Branches);
        Assert.Empty(await InboxAsync(child.Instance));
    }

    [Fact]
    public async Task Proposals_that_come_at_once_get_one_answer()
    {
        var group = new GroupSample();
        var child = new ChildSample("1");
        await Registry.RegisterAsync(group.RootRegistration(), Cancellation);

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(number => Task.Run(async () => await Registry.DecideAsync(
            group.Gid, number % 2 == 0 ? GroupSample.Commit(child.Prepared) : DecisionRecord.RolledBack, Cancellation))));

        Assert.Single(answers.Select(answer => answer.Decision).Distinct());
    }

    [Fact]
    public async Task A_group_that_the_registry_does_not_have_is_never_committed()
    {
        var group = new GroupSample();
        var child = new ChildSample("1");

        var answer = await Registry.DecideAsync(group.Gid, GroupSample.Commit(child.Prepared), Cancellation);
        await Registry.RegisterAsync(group.RootRegistration(), Cancellation);
        var later = await Registry.DecideAsync(group.Gid, GroupSample.Commit(child.Prepared), Cancellation);

        Assert.Equal(Decision.RolledBack, answer.Decision);
        Assert.Equal(Decision.RolledBack, later.Decision);
        Assert.Equal(Decision.RolledBack, (await ReadKnownAsync(group)).Decision!.Decision);
    }

    [Fact]
    public async Task A_group_that_lost_its_roots_registration_is_never_committed()
    {
        var group = new GroupSample();
        var child = new ChildSample("1");
        await Registry.RegisterAsync(group.RootRegistration(), Cancellation);
        await LoseAsync();
        await Registry.VoteAsync(group.Votes(child.Scope, child.Instance, child.Prepared), Cancellation);

        var answer = await Registry.DecideAsync(group.Gid, GroupSample.Commit(child.Prepared), Cancellation);

        Assert.Equal(Decision.RolledBack, answer.Decision);
    }

    [Fact]
    public async Task What_was_decided_here_is_told_when_it_is_published()
    {
        var group = new GroupSample();
        var child = new ChildSample("1");
        await Registry.RegisterAsync(group.RootRegistration(), Cancellation);
        var decided = await Registry.DecideAsync(group.Gid, GroupSample.Commit(child.Prepared), Cancellation);

        await Registry.PublishAsync(group.Gid, decided, Cancellation);

        AssertDecided(group, Decision.Committed, [child.Prepared], await InboxAsync(child.Instance));
    }

    [Fact]
    public async Task Branches_that_are_done_are_shown_so()
    {
        var group = new GroupSample();
        var (one, two) = (new ChildSample("1"), new ChildSample("2"));
        await Registry.PublishAsync(group.Gid, GroupSample.Commit(one.Prepared, two.Prepared), Cancellation);

        await Registry.DoneAsync(group.Gid, [one.Branch], Cancellation);
        await Registry.DoneAsync(group.Gid, [one.Branch], Cancellation);
        Assert.Equal([true, false], (await ReadKnownAsync(group)).Branches.Select(view => view.Done));
        await Registry.DoneAsync(group.Gid, [one.Branch, two.Branch], Cancellation);

        Assert.Equal([true, true], (await ReadKnownAsync(group)).Branches.Select(view => view.Done));
    }

    [Fact]
    public async Task A_branch_that_was_done_before_the_decision_was_published_is_shown_so()
    {
        var group = new GroupSample();
        var child = new ChildSample("1");
        await Registry.VoteAsync(group.Votes(child.Scope, child.Instance, child.Prepared), Cancellation);

        await Registry.DoneAsync(group.Gid, [child.Branch], Cancellation);
        await Registry.PublishAsync(group.Gid, GroupSample.Commit(child.Prepared), Cancellation);

        Assert.True(Assert.Single((await ReadKnownAsync(group)).Branches).Done);
    }

    [Fact]
    public async Task Being_done_does_not_bring_a_lost_group_back()
    {
        var group = new GroupSample();

        await Registry.DoneAsync(group.Gid, [new ChildSample("1").Branch], Cancellation);

        Assert.Null(await ReadAsync(group));
    }

    private static void AssertDecided(
        GroupSample group, Decision decision, IEnumerable<BranchVote> branches, IReadOnlyList<InboxMessage> inbox)
    {
        var message = Assert.IsType<InboxMessage.Decided>(Assert.Single(inbox));
        Assert.Equal(group.Gid, message.Gid);
        Assert.Equal(decision, message.Decision.Decision);
        Assert.Equal(branches, message.Decision.Branches);
    }

    [Fact]
    public async Task What_has_become_of_many_groups_is_told_of_those_that_are_decided_or_asked_to_abort()
    {
        var (open, missing, committed, rolledBack, aborted, both) = (new GroupSample(), new GroupSample(), new GroupSample(), new GroupSample(), new GroupSample(), new GroupSample());
        var reason = new AbortReason("stock", "Reserve", "out of stock");
        var commit = GroupSample.Commit(new ChildSample("1").Prepared, new ChildSample("2", "accounts").Prepared);
        await Registry.RegisterAsync(open.RootRegistration(), Cancellation);
        await Registry.PublishAsync(committed.Gid, commit, Cancellation);
        await Registry.PublishAsync(rolledBack.Gid, DecisionRecord.RolledBack, Cancellation);
        await Registry.AskAbortAsync(aborted.Gid, aborted.Root, reason, Cancellation);
        await Registry.AskAbortAsync(both.Gid, both.Root, reason, Cancellation);
        await Registry.PublishAsync(both.Gid, DecisionRecord.RolledBack, Cancellation);

        var fates = await Registry.FatesAsync([open.Gid, committed.Gid, missing.Gid, rolledBack.Gid, aborted.Gid, both.Gid], Cancellation);

        Assert.Equal(4, fates.Count);
        Assert.Equal((commit.Decision, null), (fates[committed.Gid].Decision!.Decision, fates[committed.Gid].Abort));
        Assert.Equal(commit.Branches.ToHashSet(), fates[committed.Gid].Decision!.Branches.ToHashSet());
        Assert.Equal((Decision.RolledBack, null), (fates[rolledBack.Gid].Decision!.Decision, fates[rolledBack.Gid].Abort));
        Assert.Equal((null, reason), (fates[aborted.Gid].Decision, fates[aborted.Gid].Abort));
        Assert.Equal((Decision.RolledBack, reason), (fates[both.Gid].Decision!.Decision, fates[both.Gid].Abort));
        Assert.Empty(await Registry.FatesAsync([], Cancellation));
    }

    [Fact]
    public async Task What_has_become_of_more_groups_than_go_in_one_command_is_told_of_each()
    {
        var groups = Enumerable.Range(0, 150).Select(_ => new GroupSample()).ToList();
        foreach (var group in groups.Where((_, index) => index % 2 == 0))
            await Registry.PublishAsync(group.Gid, DecisionRecord.RolledBack, Cancellation);

        var fates = await Registry.FatesAsync([.. groups.Select(group => group.Gid)], Cancellation);

        Assert.Equal(groups.Where((_, index) => index % 2 == 0).Select(group => group.Gid).ToHashSet(), fates.Keys.ToHashSet());
    }
}
