using Fat.Protocol;
using Fat.Registry;

namespace Fat.Core.Tests.Registry;

public abstract partial class GroupRegistryContract
{
    [Fact]
    public async Task Each_request_to_resolve_goes_to_one_taker()
    {
        var service = GroupSample.NewService();
        var requests = Enumerable.Range(0, 40).Select(Request).ToList();
        await Registry.RequestResolveAsync(service, requests[..25], Cancellation);
        await Registry.RequestResolveAsync(service, requests[25..], Cancellation);
        var other = OpenAnother();

        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Run(
            async () => await (number % 2 == 0 ? Registry : other).TakeResolveRequestsAsync(service, 5, Cancellation))));

        Assert.All(taken, part => Assert.Equal(5, part.Count));
        Assert.Equal(
            requests.OrderBy(request => request.Gid.ToString(), StringComparer.Ordinal),
            taken.SelectMany(part => part).OrderBy(request => request.Gid.ToString(), StringComparer.Ordinal));
        Assert.Empty(await Registry.TakeResolveRequestsAsync(service, 5, Cancellation));
    }

    [Fact]
    public async Task Requests_to_resolve_are_taken_oldest_first_by_their_service_only()
    {
        var (service, other) = (GroupSample.NewService(), GroupSample.NewService());
        var requests = Enumerable.Range(0, 3).Select(Request).ToList();
        await Registry.RequestResolveAsync(service, requests, Cancellation);

        Assert.Empty(await Registry.TakeResolveRequestsAsync(other, 100, Cancellation));
        Assert.Equal(requests, await Registry.TakeResolveRequestsAsync(service, 100, Cancellation));
    }

    [Fact]
    public async Task Groups_past_their_deadline_are_listed_oldest_first_and_stay_indexed()
    {
        var service = GroupSample.NewService();
        var later = new OpenGroup(new GroupSample().Gid, FatName.Parse("archive", "database name"), TimeSpan.FromSeconds(-10));
        var oldest = new OpenGroup(new GroupSample().Gid, GroupSample.Database, TimeSpan.FromSeconds(-100));
        var open = new OpenGroup(new GroupSample().Gid, GroupSample.Database, TimeSpan.FromHours(1));
        await Registry.IndexOpenAsync(service, [later, oldest, open], Cancellation);

        var overdue = await Registry.OverdueAsync(service, 10, Cancellation);

        Assert.Equal([(oldest.Gid, oldest.Database), (later.Gid, later.Database)], overdue.Select(group => (group.Gid, group.Database)));
        Assert.All(overdue, (group, index) => Assert.InRange(
            group.Remaining, (index == 0 ? oldest : later).Remaining - Long, (index == 0 ? oldest : later).Remaining));
        Assert.Equal(2, (await Registry.OverdueAsync(service, 10, Cancellation)).Count);
        Assert.Equal(oldest.Gid, Assert.Single(await Registry.OverdueAsync(service, 1, Cancellation)).Gid);
        Assert.Empty(await Registry.OverdueAsync(GroupSample.NewService(), 10, Cancellation));
    }

    [Fact]
    public async Task A_group_is_indexed_once_with_its_last_deadline()
    {
        var service = GroupSample.NewService();
        var group = new OpenGroup(new GroupSample().Gid, GroupSample.Database, TimeSpan.FromSeconds(-1));
        await Registry.IndexOpenAsync(service, [group], Cancellation);
        await Registry.IndexOpenAsync(service, [group], Cancellation);
        Assert.Single(await Registry.OverdueAsync(service, 10, Cancellation));

        await Registry.IndexOpenAsync(service, [group with { Remaining = TimeSpan.FromHours(1) }], Cancellation);

        Assert.Empty(await Registry.OverdueAsync(service, 10, Cancellation));
    }

    [Fact]
    public async Task Groups_are_taken_out_of_the_index()
    {
        var service = GroupSample.NewService();
        var groups = Enumerable.Range(1, 3)
            .Select(number => new OpenGroup(new GroupSample().Gid, GroupSample.Database, TimeSpan.FromSeconds(-number))).ToList();
        await Registry.IndexOpenAsync(service, groups, Cancellation);

        await Registry.UnindexAsync(service, [groups[0].Gid, groups[2].Gid, new GroupSample().Gid], Cancellation);
        await Registry.UnindexAsync(service, [groups[0].Gid], Cancellation);

        Assert.Equal(groups[1].Gid, Assert.Single(await Registry.OverdueAsync(service, 10, Cancellation)).Gid);
    }

    [Fact]
    public async Task Open_groups_are_listed_soonest_deadline_first_a_part_at_a_time()
    {
        var service = GroupSample.NewService();
        var groups = new[] { -100, -10, 60, 3600 }
            .Select(seconds => new OpenGroup(new GroupSample().Gid, GroupSample.Database, TimeSpan.FromSeconds(seconds))).ToList();
        await Registry.IndexOpenAsync(service, [groups[2], groups[0], groups[3], groups[1]], Cancellation);

        var all = await OpenAnother().ListOpenAsync(service, 0, 10, Cancellation);

        Assert.Equal(groups.Select(group => (group.Gid, group.Database)), all.Select(group => (group.Gid, group.Database)));
        Assert.All(all, (group, index) => Assert.InRange(group.Remaining, groups[index].Remaining - Long, groups[index].Remaining));
        Assert.Equal([groups[1].Gid, groups[2].Gid], (await Registry.ListOpenAsync(service, 1, 2, Cancellation)).Select(group => group.Gid));
        Assert.Empty(await Registry.ListOpenAsync(service, 4, 2, Cancellation));
        Assert.Empty(await Registry.ListOpenAsync(GroupSample.NewService(), 0, 10, Cancellation));
    }

    [Fact]
    public async Task Heartbeats_are_read_in_the_order_asked_for()
    {
        var (one, unknown, two) = (GroupSample.NewInstance("orders"), GroupSample.NewInstance("orders"), GroupSample.NewInstance("stock"));
        await Registry.HeartbeatAsync(one, Cancellation);
        await Registry.HeartbeatAsync(two, Cancellation);

        var since = await OpenAnother().SinceHeartbeatAsync([one, unknown, two], Cancellation);

        Assert.Equal(3, since.Count);
        Assert.InRange(since[0]!.Value, TimeSpan.Zero, Long);
        Assert.Null(since[1]);
        Assert.InRange(since[2]!.Value, TimeSpan.Zero, Long);
        Assert.Empty(await Registry.SinceHeartbeatAsync([], Cancellation));
    }

    [Fact]
    public async Task An_instance_that_left_is_not_known()
    {
        var instance = GroupSample.NewInstance("orders");
        await Registry.HeartbeatAsync(instance, Cancellation);

        await Registry.LeaveAsync(instance, Cancellation);
        await Registry.LeaveAsync(instance, Cancellation);

        Assert.Null((await Registry.SinceHeartbeatAsync([instance], Cancellation))[0]);
    }

    private static ResolveRequest Request(int number) =>
        new(new GroupSample().Gid, GroupSample.Database, GroupSample.NewInstance("stock"), TimeSpan.FromMilliseconds(1500 + number));
}
