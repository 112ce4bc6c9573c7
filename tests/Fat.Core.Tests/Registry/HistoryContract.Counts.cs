using Fat.Protocol;
using Fat.Registry;

namespace Fat.Core.Tests.Registry;

public abstract partial class HistoryContract
{
    [Fact]
    public async Task Groups_are_counted_by_the_minute_and_by_the_hour()
    {
        await TellAsync(Group(), Group(), Group(PastOutcome.RolledBack, reason: "No."), Group(PastOutcome.InDoubt), Branch(Group()));

        var minutes = await History.CountAsync(Service, PastStep.Minute, 120, Cancellation);
        var hours = await History.CountAsync(Service, PastStep.Hour, 168, Cancellation);

        Assert.Equal((120, 168), (minutes.Count, hours.Count));
        Assert.All(minutes.Zip(minutes.Skip(1)), pair => Assert.Equal(TimeSpan.FromMinutes(1), pair.Second.From - pair.First.From));
        Assert.All(hours.Zip(hours.Skip(1)), pair => Assert.Equal(TimeSpan.FromHours(1), pair.Second.From - pair.First.From));
        Assert.InRange(minutes[^1].From, Now.AddMinutes(-2), Now.AddMinutes(1));
        Assert.InRange(hours[^1].From, Now.AddHours(-2), Now.AddHours(1));
        foreach (var counts in new[] { minutes, hours })
        {
            Assert.Equal((2, 1, 1), (counts.Sum(count => count.Committed), counts.Sum(count => count.RolledBack), counts.Sum(count => count.InDoubt)));
            Assert.Equal(2, counts.TakeLast(2).Sum(count => count.Committed));
        }

        Assert.All(minutes, count => Assert.Empty(count.Aborts));
        Assert.Equal("No.", Assert.Single((await HourAsync()).Aborts).Key.Reason);
    }

    [Fact]
    public async Task What_half_of_them_took_and_what_99_of_100_took_is_right_within_a_tenth()
    {
        // From 0.2 ms to 20 s, spread evenly by their logarithm.
        var took = Enumerable.Range(0, 1000).Select(number => TimeSpan.FromMilliseconds(0.2 * Math.Pow(100_000, number / 999.0))).ToList();
        foreach (var part in took.Chunk(250))
            await TellAsync([.. part.Select(one => Group(took: one))]);

        var counted = (await HourAsync()).Latencies;

        Assert.Equal(1000, counted.Values.Sum());
        Within(took[499], LatencyBuckets.Quantile(counted, 0.5));
        Within(took[989], LatencyBuckets.Quantile(counted, 0.99));
        Assert.Null(LatencyBuckets.Quantile(new Dictionary<int, long>(), 0.5));

        static void Within(TimeSpan exact, TimeSpan? counted) => Assert.InRange(counted!.Value, exact * 0.9, exact * 1.1);
    }

    [Fact]
    public async Task An_hour_keeps_so_many_reasons_and_counts_all_others_together()
    {
        var groups = Enumerable.Range(0, 60).Select(number => Group(PastOutcome.RolledBack, reason: $"Item {number} is sold out.\nSorry.")).ToList();
        await TellAsync([.. groups.Take(30)]);
        await TellAsync([.. groups.Skip(30)]);
        await TellAsync(Group(PastOutcome.RolledBack, reason: "Item 7 is sold out.\nSorry."), Group(PastOutcome.RolledBack, reason: new string('x', 1000)));

        var counted = await HourAsync();

        Assert.Equal(62, counted.RolledBack);
        Assert.Equal(RegistryLimits.ReasonsPerHour, counted.Aborts.Count);
        Assert.Equal(2, counted.Aborts[AbortReason.Of("stock", "Stock.Take", "Item 7 is sold out.\nSorry.")]);
        Assert.Equal(62, counted.Aborts.Values.Sum() + counted.OtherAborts);
    }

    [Fact]
    public async Task A_long_reason_is_cut_where_it_is_counted()
    {
        var group = Group(PastOutcome.RolledBack, reason: new string('x', 900));
        await TellAsync(group);

        Assert.Equal(200, Assert.Single((await HourAsync()).Aborts).Key.Reason.Length);
        Assert.Equal(900, (await FindAsync(group))!.Group.Abort!.Reason.Length);
    }
}
