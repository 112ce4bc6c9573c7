using Fat.Protocol;
using Fat.Registry;

namespace Fat.Core.Tests.Registry;

public abstract partial class GroupRegistryContract
{
    [Fact]
    public async Task A_record_tells_where_the_group_is_decided_and_what_its_root_waits_for()
    {
        var (group, child) = (new GroupSample(), new ChildSample("1"));
        await Registry.RegisterAsync(group.RootRegistration(), Cancellation);
        var before = await ReadKnownAsync(group);

        await Registry.SealAsync(group.Seal([child.Branch], GroupSample.Call("2")), Cancellation);

        var sealedGroup = await ReadKnownAsync(group);
        Assert.Equal((GroupSample.Database, null), (before.DecisionDatabase, before.Seal));
        Assert.Equal(child.Branch, Assert.Single(sealedGroup.Seal!.MissingVotes));
        Assert.Equal(GroupSample.Call("2"), Assert.Single(sealedGroup.Seal.PendingCalls));
    }

    [Fact]
    public async Task A_group_that_nobody_registered_is_unknown() => Assert.Null(await ReadAsync(new GroupSample()));

    [Fact]
    public async Task A_registration_shows_the_scope_and_the_group()
    {
        var group = new GroupSample();

        var result = await Registry.RegisterAsync(group.RootRegistration(), Cancellation);

        Assert.False(result.Duplicate);
        Assert.Null(result.Group.Decision);
        Assert.Null(result.Group.Abort);
        var record = await ReadKnownAsync(group);
        Assert.Equal(group.Root, record.RootInstance);
        Assert.InRange(record.Remaining!.Value, GroupSample.Life - Long, GroupSample.Life);
        Assert.Empty(record.Branches);
        var scope = Assert.Single(record.Scopes);
        Assert.Equal((group.RootScope, group.Root, "POST /orders", 2, 1, null),
            (scope.Id, scope.Instance, scope.Name, scope.ServiceCount, scope.LocalTransactionCount, scope.Closed));
    }

    [Fact]
    public async Task The_first_trace_that_is_told_is_the_groups()
    {
        var (group, child) = (new GroupSample(), new ChildSample("1"));
        await Registry.RegisterAsync(group.RootRegistration(), Cancellation);
        Assert.Null((await ReadKnownAsync(group)).Trace);

        await Registry.RegisterAsync(group.Registration(child.Scope, child.Instance) with { Trace = "first" }, Cancellation);
        await Registry.RegisterAsync(group.RootRegistration() with { Trace = "second" }, Cancellation);

        Assert.Equal("first", (await ReadKnownAsync(group)).Trace);
    }

    [Fact]
    public async Task What_one_process_registers_another_reads()
    {
        var group = new GroupSample();
        await Registry.RegisterAsync(group.RootRegistration(), Cancellation);

        var seen = await OpenAnother().ReadAsync([group.Gid], Cancellation);

        Assert.Equal(group.RootScope, Assert.Single(seen[group.Gid]!.Scopes).Id);
    }

    [Fact]
    public async Task A_repeated_registration_is_no_duplicate_and_changes_nothing()
    {
        var group = new GroupSample();
        await Registry.RegisterAsync(group.RootRegistration(), Cancellation);

        var again = await Registry.RegisterAsync(group.RootRegistration(), Cancellation);

        Assert.False(again.Duplicate);
        Assert.Single((await ReadKnownAsync(group)).Scopes);
    }

    [Fact]
    public async Task A_second_scope_of_one_call_is_told_so_and_not_recorded()
    {
        var group = new GroupSample();
        var (first, second) = (new ChildSample("1"), new ChildSample("1"));
        await Registry.RegisterAsync(group.Registration(first.Scope, first.Instance), Cancellation);

        var result = await Registry.RegisterAsync(group.Registration(second.Scope, second.Instance), Cancellation);
        var repeated = await Registry.RegisterAsync(group.Registration(second.Scope, second.Instance), Cancellation);

        Assert.True(result.Duplicate);
        Assert.True(repeated.Duplicate);
        Assert.Equal(first.Scope, Assert.Single((await ReadKnownAsync(group)).Scopes).Id);
    }

    [Fact]
    public async Task Scopes_of_one_call_that_register_at_once_have_one_owner()
    {
        var group = new GroupSample();
        var scopes = Enumerable.Range(0, 8).Select(_ => new ChildSample("1")).ToList();

        var results = await Task.WhenAll(scopes.Select(
            scope => Task.Run(async () => await Registry.RegisterAsync(group.Registration(scope.Scope, scope.Instance), Cancellation))));

        Assert.Single(results, result => !result.Duplicate);
        Assert.Single((await ReadKnownAsync(group)).Scopes);
    }

    [Fact]
    public async Task The_deadline_is_that_of_the_first_registration()
    {
        var group = new GroupSample();
        await Registry.RegisterAsync(group.RootRegistration(), Cancellation);
        var child = new ChildSample("1");

        await Registry.RegisterAsync(
            group.Registration(child.Scope, child.Instance, remaining: TimeSpan.FromHours(5)), Cancellation);

        Assert.InRange((await ReadKnownAsync(group)).Remaining!.Value, TimeSpan.Zero, GroupSample.Life);
    }

    [Fact]
    public async Task A_group_past_its_deadline_has_less_than_no_time_left()
    {
        var group = new GroupSample();

        await Registry.RegisterAsync(group.RootRegistration(TimeSpan.FromSeconds(-3)), Cancellation);

        Assert.InRange((await ReadKnownAsync(group)).Remaining!.Value, TimeSpan.FromSeconds(-3) - Long, TimeSpan.FromSeconds(-3));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a name with  spaces ")]
    [InlineData("line\nbreak\r\n\ttab \0 nul")]
    [InlineData("Größe 数量 😀 \"quoted\" \\ {brace}")]
    public async Task A_scope_may_have_any_name(string name)
    {
        var group = new GroupSample();

        await Registry.RegisterAsync(group.Registration(group.RootScope, group.Root, name), Cancellation);

        var scope = Assert.Single((await ReadKnownAsync(group)).Scopes);
        Assert.Equal(name, scope.Name);
        Assert.Null(scope.ServiceCount);
        Assert.Null(scope.LocalTransactionCount);
    }

    [Fact]
    public async Task A_registration_to_a_group_that_is_to_be_aborted_shows_why()
    {
        var group = new GroupSample();
        var reason = new AbortReason("stock", "Reserve", "out of stock");
        await Registry.AskAbortAsync(group.Gid, group.Root, reason, Cancellation);
        var child = new ChildSample("1");

        var result = await Registry.RegisterAsync(group.Registration(child.Scope, child.Instance), Cancellation);

        Assert.Equal(new GroupFate(null, reason), result.Group);
    }

    [Fact]
    public async Task A_registration_to_a_decided_group_shows_the_decision()
    {
        var group = new GroupSample();
        await Registry.PublishAsync(group.Gid, DecisionRecord.RolledBack, Cancellation);
        var child = new ChildSample("1");

        var result = await Registry.RegisterAsync(group.Registration(child.Scope, child.Instance), Cancellation);

        Assert.False(result.Duplicate);
        Assert.Equal(Decision.RolledBack, result.Group.Decision!.Decision);
    }

    [Fact]
    public async Task Many_groups_are_read_together_and_one_that_is_not_there_is_none()
    {
        var groups = Enumerable.Range(0, 20).Select(_ => new GroupSample()).ToList();
        foreach (var group in groups.Where((_, index) => index % 3 != 0))
            await Registry.RegisterAsync(group.RootRegistration(), Cancellation);

        var read = await Registry.ReadAsync([.. groups.Select(group => group.Gid)], Cancellation);

        Assert.Equal(groups.Select((group, index) => index % 3 == 0 ? (InstanceId?)null : group.Root), groups.Select(group => read[group.Gid]?.RootInstance));
        Assert.Empty(await Registry.ReadAsync([], Cancellation));
    }

    [Fact]
    public async Task Scopes_and_branches_are_read_in_order()
    {
        var group = new GroupSample();
        var children = Enumerable.Range(1, 200).Select(number => new ChildSample($"{number}")).ToList();
        foreach (var child in children)
            await Registry.VoteAsync(group.Votes(child.Scope, child.Instance, child.Prepared), Cancellation);

        var read = await ReadKnownAsync(group);

        Assert.Equal(children.Select(child => child.Scope.Text).Order(StringComparer.Ordinal), read.Scopes.Select(scope => scope.Id.Text), StringComparer.Ordinal);
        Assert.Equal(children.Select(child => child.Branch.Text).Order(StringComparer.Ordinal), read.Branches.Select(view => view.Branch.Id.Text), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_lost_registry_knows_nothing_and_can_be_used()
    {
        var group = new GroupSample();
        var child = new ChildSample("1");
        await Registry.RegisterAsync(group.RootRegistration(), Cancellation);
        await Registry.HeartbeatAsync(group.Root, Cancellation);

        await LoseAsync();

        Assert.Null(await ReadAsync(group));
        Assert.Null((await Registry.SinceHeartbeatAsync([group.Root], Cancellation))[0]);
        await Registry.VoteAsync(group.Votes(child.Scope, child.Instance, child.Prepared), Cancellation);
        var again = await ReadKnownAsync(group);
        Assert.Equal(child.Prepared, Assert.Single(again.Branches).Branch);
        Assert.Null(again.Remaining);
    }

    [Fact]
    public async Task A_cancelled_operation_says_so_and_does_nothing()
    {
        var group = new GroupSample();
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Registry.RegisterAsync(group.RootRegistration(), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Registry.ReceiveAsync(group.Root, Long, cancelled));

        Assert.Null(await ReadAsync(group));
    }
}
