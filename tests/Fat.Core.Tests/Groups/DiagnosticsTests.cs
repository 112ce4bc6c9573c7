using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Fat.Core.Tests.World;

namespace Fat.Core.Tests.Groups;

/// <summary>What operators see of a group: one trace over all services, and counted outcomes.</summary>
public sealed class DiagnosticsTests(GroupWorld world) : IClassFixture<GroupWorld>
{
    [Fact]
    public async Task A_group_is_one_trace_from_its_root_to_the_commit_of_every_branch()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener();
        listener.ShouldListenTo = source => source.Name == "Fat";
        listener.Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded;
        listener.ActivityStopped = spans.Enqueue;
        ActivitySource.AddActivityListener(listener);
        var id = world.NextId();

        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await world.Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
        });
        await world.Stock.SeesAsync(id, TestContext.Current.CancellationToken);

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        List<Activity> group;
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, deadline.Token);
            group = [.. spans.Where(span => span.GetTagItem("fat.gid") as string == result.Gid)];
        }
        while (!group.Exists(span => span.OperationName == "fat.commit"));
        Assert.Single(group.Select(span => span.TraceId).Distinct());
        Assert.Equal(
            ["fat.branch", "fat.branch", "fat.commit", "fat.decide", "fat.group", "fat.scope"],
            group.Select(span => span.OperationName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Outcomes_are_counted()
    {
        var outcomes = new ConcurrentBag<string?>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, subscriber) =>
        {
            if (instrument is { Meter.Name: "Fat", Name: "fat.groups" })
                subscriber.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => outcomes.Add(tags.ToArray().First(tag => tag.Key == "fat.outcome").Value as string));
        listener.Start();

        await world.Accounts.RootAsync((items, token) => items.AddAsync(world.NextId(), token));
        await world.Accounts.RootAsync((items, _) => items.AddThenFailAsync(world.NextId()));

        Assert.Contains("committed", outcomes);
        Assert.Contains("rolled_back", outcomes);
    }
}
