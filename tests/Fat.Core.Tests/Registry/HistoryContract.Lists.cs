using Fat.Protocol;
using Fat.Registry;

namespace Fat.Core.Tests.Registry;

public abstract partial class HistoryContract
{
    [Fact]
    public async Task Pages_have_every_group_once_while_others_are_added()
    {
        // Many end at the same time, so that the place is told by the id.
        var end = Now.AddMinutes(-10);
        var groups = Enumerable.Range(0, 300).Select(number => Group((PastOutcome)(number % 3), end.AddSeconds(number / 50))).ToList();
        await TellAsync([.. groups]);

        var seen = new List<PastGroup>();
        PastGroup? last = null;
        while (await ListAsync(behind: last, most: 17) is { Count: > 0 } page)
        {
            seen.AddRange(page);
            last = page[^1];
            await TellAsync(Group(), Group(PastOutcome.RolledBack));
        }

        Assert.Equal(groups.OrderByDescending(group => group.Place.ToString(), StringComparer.Ordinal), seen);
    }

    [Fact]
    public async Task They_are_listed_by_outcome()
    {
        var (committed, rolledBack, inDoubt) = (Group(), Group(PastOutcome.RolledBack, reason: "No."), Group(PastOutcome.InDoubt));
        await TellAsync(committed, rolledBack, inDoubt);

        Assert.Equal([inDoubt, rolledBack, committed], await ListAsync());
        Assert.Equal([committed], await ListAsync(PastOutcome.Committed));
        Assert.Equal([rolledBack], await ListAsync(PastOutcome.RolledBack));
        Assert.Equal([inDoubt], await ListAsync(PastOutcome.InDoubt));
    }

    [Fact]
    public async Task They_are_listed_by_time_to_the_microsecond()
    {
        var end = Now.AddHours(-1);
        var (one, two, three) = (Group(ended: end), Group(PastOutcome.RolledBack, end.AddMicroseconds(1)), Group(ended: end.AddMicroseconds(2)));
        await TellAsync(one, two, three);

        Assert.Equal([three, two], await ListAsync(from: end.AddMicroseconds(1)));
        Assert.Equal([one], await ListAsync(to: end.AddMicroseconds(1)));
        Assert.Equal([two], await ListAsync(from: end.AddTicks(1), to: end.AddTicks(11)));
        Assert.Equal([one], await ListAsync(behind: two));
        Assert.Empty(await ListAsync(PastOutcome.Committed, end.AddMicroseconds(1), end.AddMicroseconds(2)));
        Assert.Equal([three], await ListAsync(most: 1));
        Assert.Equal([three, two, one], await ListAsync(from: DateTimeOffset.MinValue, to: DateTimeOffset.MaxValue));
    }

    [Fact]
    public async Task Services_are_known_by_what_was_told_of_them()
    {
        Assert.DoesNotContain(Service, await History.ServicesAsync(Cancellation));

        await TellAsync(Group());

        Assert.Contains(Service, await History.ServicesAsync(Cancellation));
    }

    [Fact]
    public async Task Instances_that_are_alive_say_how_they_are()
    {
        var (silent, talking) = (InstanceId.New(Service), InstanceId.New(Service));
        await _registry.Groups.HeartbeatAsync(silent, Cancellation);
        await _registry.Groups.HeartbeatAsync(talking, Cancellation);
        await History.TellStatusAsync(talking, "before", Cancellation);
        await History.TellStatusAsync(talking, "{\"machine\":\"机器\"}", Cancellation);

        var alive = (await History.InstancesAsync(TimeSpan.FromMinutes(1), Cancellation)).Where(instance => instance.Id.Service == Service).ToDictionary(instance => instance.Id);

        Assert.Equal(2, alive.Count);
        Assert.Null(alive[silent].Status);
        Assert.Equal("{\"machine\":\"机器\"}", alive[talking].Status);
        Assert.InRange(alive[talking].Silence, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        await _registry.Groups.LeaveAsync(silent, Cancellation);
        Assert.DoesNotContain(await History.InstancesAsync(TimeSpan.FromMinutes(1), Cancellation), instance => instance.Id == silent);
    }
}
