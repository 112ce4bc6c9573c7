using Fat.Protocol;
using Fat.Registry;

namespace Fat.Core.Tests.Registry;

public abstract partial class GroupRegistryContract
{
    [Fact]
    public async Task A_vote_shows_the_branch_and_where_it_lives()
    {
        var group = new GroupSample();
        var child = new ChildSample("1");

        await Registry.VoteAsync(group.Votes(child.Scope, child.Instance, child.Prepared), Cancellation);

        var after = await ReadKnownAsync(group);
        var view = Assert.Single(after.Branches);
        Assert.Equal(child.Prepared, view.Branch);
        Assert.False(view.Done);
        Assert.Equal(group.Root, after.RootInstance);
    }

    [Theory]
    [InlineData(nameof(Vote.Pending), nameof(Vote.Prepared), nameof(Vote.Prepared))]
    [InlineData(nameof(Vote.Pending), nameof(Vote.ReadOnly), nameof(Vote.ReadOnly))]
    [InlineData(nameof(Vote.Joined), nameof(Vote.Prepared), nameof(Vote.Prepared))]
    [InlineData(nameof(Vote.Joined), nameof(Vote.ReadOnly), nameof(Vote.ReadOnly))]
    [InlineData(nameof(Vote.Prepared), nameof(Vote.Joined), nameof(Vote.Prepared))]
    [InlineData(nameof(Vote.Prepared), nameof(Vote.Pending), nameof(Vote.Prepared))]
    [InlineData(nameof(Vote.Prepared), nameof(Vote.ReadOnly), nameof(Vote.Prepared))]
    [InlineData(nameof(Vote.ReadOnly), nameof(Vote.Pending), nameof(Vote.ReadOnly))]
    [InlineData(nameof(Vote.ReadOnly), nameof(Vote.Prepared), nameof(Vote.ReadOnly))]
    [InlineData(nameof(Vote.Prepared), nameof(Vote.Prepared), nameof(Vote.Prepared))]
    public async Task A_vote_never_goes_back(string first, string second, string stands)
    {
        var group = new GroupSample();
        var child = new ChildSample("1");
        await Registry.VoteAsync(group.Votes(child.Scope, child.Instance, child.Voting(Enum.Parse<Vote>(first))), Cancellation);

        await Registry.VoteAsync(group.Votes(child.Scope, child.Instance, child.Voting(Enum.Parse<Vote>(second))), Cancellation);

        Assert.Equal(Enum.Parse<Vote>(stands), Assert.Single((await ReadKnownAsync(group)).Branches).Branch.Vote);
    }

    [Fact]
    public async Task A_vote_makes_up_for_a_lost_registration()
    {
        var group = new GroupSample();
        var child = new ChildSample("1");

        await Registry.VoteAsync(group.Votes(child.Scope, child.Instance, child.Prepared), Cancellation);
        var voted = await ReadKnownAsync(group);
        var late = await Registry.RegisterAsync(group.Registration(child.Scope, child.Instance, "late", calls: 3), Cancellation);

        Assert.Equal((child.Scope, child.Instance, ""), (voted.Scopes[0].Id, voted.Scopes[0].Instance, voted.Scopes[0].Name));
        Assert.False(late.Duplicate);
        var registered = await ReadKnownAsync(group);
        Assert.Equal(("late", 3), (registered.Scopes[0].Name, registered.Scopes[0].ServiceCount));
        Assert.Single(registered.Branches);
    }

    [Fact]
    public async Task A_vote_of_a_registered_scope_keeps_its_registration()
    {
        var group = new GroupSample();
        var child = new ChildSample("1");
        await Registry.RegisterAsync(group.Registration(child.Scope, child.Instance, "its name", 1, 2), Cancellation);

        await Registry.VoteAsync(group.Votes(child.Scope, child.Instance, child.Prepared), Cancellation);

        var scope = Assert.Single((await ReadKnownAsync(group)).Scopes);
        Assert.Equal(("its name", 1, 2, null), (scope.Name, scope.ServiceCount, scope.LocalTransactionCount, scope.Closed));
    }

    [Fact]
    public async Task A_closed_scope_stays_closed_with_its_pending_calls_and_the_branches_that_it_named()
    {
        var group = new GroupSample();
        var child = new ChildSample("1");
        CallId[] pending = [GroupSample.Call("1.1"), GroupSample.Call("1.2")];
        await Registry.VoteAsync(group.Closing(child.Scope, child.Instance, pending, child.Open), Cancellation);

        await Registry.VoteAsync(group.Votes(child.Scope, child.Instance, child.Prepared), Cancellation);
        await Registry.RegisterAsync(group.Registration(child.Scope, child.Instance), Cancellation);

        var scope = Assert.Single((await ReadKnownAsync(group)).Scopes);
        Assert.Equal(pending, scope.Closed?.PendingCalls);
        Assert.Equal([child.Open.Id], scope.Closed!.Branches);
    }

    [Fact]
    public async Task A_scope_that_does_not_own_its_call_is_not_shown_and_its_branches_are()
    {
        var group = new GroupSample();
        var (owner, duplicate) = (new ChildSample("1"), new ChildSample("1"));
        await Registry.RegisterAsync(group.Registration(owner.Scope, owner.Instance), Cancellation);

        await Registry.VoteAsync(group.Closing(duplicate.Scope, duplicate.Instance, [], duplicate.Prepared), Cancellation);

        var after = await ReadKnownAsync(group);
        Assert.Equal((owner.Scope, (ClosedScope?)null), (Assert.Single(after.Scopes).Id, after.Scopes[0].Closed));
        Assert.Equal(duplicate.Prepared, Assert.Single(after.Branches).Branch);
    }

    [Fact]
    public async Task The_vote_that_completes_a_sealed_group_tells_the_root_and_no_other_does()
    {
        var group = new GroupSample();
        var (one, two) = (new ChildSample("1"), new ChildSample("2"));
        await Registry.SealAsync(group.Seal([one.Branch, two.Branch]), Cancellation);

        await Registry.VoteAsync(group.Votes(one.Scope, one.Instance, one.Prepared), Cancellation);
        Assert.Empty(await InboxAsync(group.Root));
        await Registry.VoteAsync(group.Votes(two.Scope, two.Instance, two.Open), Cancellation);
        Assert.Empty(await InboxAsync(group.Root));
        await Registry.VoteAsync(group.Votes(two.Scope, two.Instance, two.Voting(Vote.Joined)), Cancellation);
        Assert.Empty(await InboxAsync(group.Root));
        await Registry.VoteAsync(group.Votes(two.Scope, two.Instance, two.Voting(Vote.ReadOnly)), Cancellation);

        Assert.Equal(group.Gid, Assert.IsType<InboxMessage.Ready>(Assert.Single(await InboxAsync(group.Root))).Gid);
    }

    [Fact]
    public async Task Votes_that_come_at_once_tell_the_root_once()
    {
        var group = new GroupSample();
        var children = Enumerable.Range(1, 12).Select(number => new ChildSample($"{number}")).ToList();
        await Registry.SealAsync(group.Seal(children.Select(child => child.Branch)), Cancellation);

        await Task.WhenAll(children.Select(child => Task.Run(
            async () => await Registry.VoteAsync(group.Votes(child.Scope, child.Instance, child.Prepared), Cancellation))));

        Assert.Equal(group.Gid, Assert.IsType<InboxMessage.Ready>(Assert.Single(await InboxAsync(group.Root))).Gid);
    }

    [Fact]
    public async Task A_seal_after_the_votes_finds_them_and_pushes_nothing()
    {
        var group = new GroupSample();
        var child = new ChildSample("1");
        await Registry.VoteAsync(group.Votes(child.Scope, child.Instance, child.Prepared), Cancellation);

        var sealedGroup = await Registry.SealAsync(group.Seal([child.Branch]), Cancellation);
        var again = await Registry.SealAsync(group.Seal([child.Branch]), Cancellation);

        Assert.Equal(child.Prepared, Assert.Single(sealedGroup.Branches).Branch);
        Assert.Equal(child.Prepared, Assert.Single(again.Branches).Branch);
        Assert.Empty(await InboxAsync(group.Root));
    }

    [Fact]
    public async Task A_vote_before_the_seal_tells_nobody()
    {
        var group = new GroupSample();
        var child = new ChildSample("1");
        await Registry.RegisterAsync(group.RootRegistration(), Cancellation);

        await Registry.VoteAsync(group.Closing(child.Scope, child.Instance, [], child.Prepared), Cancellation);

        Assert.Empty(await InboxAsync(group.Root));
    }

    [Fact]
    public async Task A_pending_call_is_waited_for_until_its_scope_and_those_below_have_closed_and_voted()
    {
        var group = new GroupSample();
        var (child, below) = (new ChildSample("1"), new ChildSample("1.1", "accounts"));
        await Registry.SealAsync(group.Seal([], child.Scope.Call), Cancellation);

        await Registry.VoteAsync(group.Votes(child.Scope, child.Instance, child.Prepared), Cancellation);
        Assert.Empty(await InboxAsync(group.Root));
        await Registry.VoteAsync(group.Closing(child.Scope, child.Instance, [below.Scope.Call]), Cancellation);
        Assert.Empty(await InboxAsync(group.Root));
        await Registry.VoteAsync(group.Closing(below.Scope, below.Instance, [], below.Open), Cancellation);
        Assert.Empty(await InboxAsync(group.Root));
        await Registry.VoteAsync(group.Votes(below.Scope, below.Instance, below.Prepared), Cancellation);

        Assert.Equal(group.Gid, Assert.IsType<InboxMessage.Ready>(Assert.Single(await InboxAsync(group.Root))).Gid);
    }

    [Fact]
    public async Task Calls_that_wait_for_each_other_do_not_hang_the_registry()
    {
        var group = new GroupSample();
        var (one, two) = (new ChildSample("1"), new ChildSample("2"));
        await Registry.SealAsync(group.Seal([], one.Scope.Call), Cancellation);

        await Registry.VoteAsync(group.Closing(one.Scope, one.Instance, [two.Scope.Call]), Cancellation);
        await Registry.VoteAsync(group.Closing(two.Scope, two.Instance, [one.Scope.Call]), Cancellation);

        Assert.Equal(group.Gid, Assert.IsType<InboxMessage.Ready>(Assert.Single(await InboxAsync(group.Root))).Gid);
    }

    [Fact]
    public async Task An_open_branch_that_the_seal_does_not_name_holds_the_group_up()
    {
        var group = new GroupSample();
        var (known, unknown) = (new ChildSample("1"), new ChildSample("2"));
        await Registry.VoteAsync(group.Votes(unknown.Scope, unknown.Instance, unknown.Open), Cancellation);
        await Registry.SealAsync(group.Seal([known.Branch]), Cancellation);

        await Registry.VoteAsync(group.Votes(known.Scope, known.Instance, known.Prepared), Cancellation);
        Assert.Empty(await InboxAsync(group.Root));
        await Registry.VoteAsync(group.Votes(unknown.Scope, unknown.Instance, unknown.Prepared), Cancellation);

        Assert.Equal(group.Gid, Assert.IsType<InboxMessage.Ready>(Assert.Single(await InboxAsync(group.Root))).Gid);
    }

    [Fact]
    public async Task Open_branches_of_a_duplicate_and_of_the_root_itself_hold_nothing_up()
    {
        var group = new GroupSample();
        var (owner, duplicate) = (new ChildSample("1"), new ChildSample("1"));
        await Registry.RegisterAsync(group.Registration(owner.Scope, owner.Instance), Cancellation);
        await Registry.VoteAsync(group.Votes(duplicate.Scope, duplicate.Instance, duplicate.Open), Cancellation);
        await Registry.VoteAsync(
            group.Votes(group.RootScope, group.Root, new BranchVote(group.RootScope.Branch(1), group.Root, Vote.Pending)), Cancellation);
        await Registry.SealAsync(group.Seal([owner.Branch]), Cancellation);

        await Registry.VoteAsync(group.Votes(owner.Scope, owner.Instance, owner.Prepared), Cancellation);

        Assert.Equal(group.Gid, Assert.IsType<InboxMessage.Ready>(Assert.Single(await InboxAsync(group.Root))).Gid);
    }

    [Fact]
    public async Task A_later_seal_replaces_an_earlier_one()
    {
        var group = new GroupSample();
        var (one, two) = (new ChildSample("1"), new ChildSample("2"));
        await Registry.SealAsync(group.Seal([one.Branch, two.Branch], two.Scope.Call), Cancellation);
        await Registry.SealAsync(group.Seal([one.Branch]), Cancellation);

        await Registry.VoteAsync(group.Votes(one.Scope, one.Instance, one.Prepared), Cancellation);

        Assert.Equal(group.Gid, Assert.IsType<InboxMessage.Ready>(Assert.Single(await InboxAsync(group.Root))).Gid);
    }

    [Fact]
    public async Task A_vote_in_a_decided_group_finds_the_decision_and_tells_nobody()
    {
        var group = new GroupSample();
        var child = new ChildSample("1");
        await Registry.SealAsync(group.Seal([child.Branch]), Cancellation);
        await Registry.PublishAsync(group.Gid, DecisionRecord.RolledBack, Cancellation);

        var after = await Registry.VoteAsync(group.Votes(child.Scope, child.Instance, child.Prepared), Cancellation);

        Assert.Equal(Decision.RolledBack, after.Decision!.Decision);
        Assert.Empty(await InboxAsync(group.Root));
    }
}
