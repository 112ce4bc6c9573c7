using Fat.Core.Tests.World;
using Fat.Faults;
using Fat.Hosting;
using Fat.Protocol;
using Npgsql;

namespace Fat.Core.Tests.Recovery;

/// <summary>The answer to a decision is lost, and the second attempt to write it is refused: the row says what is true.</summary>
public sealed class LostDecisionTests(GroupWorld world) : IClassFixture<GroupWorld>
{
    [Fact]
    public async Task A_second_attempt_that_is_refused_says_nothing_of_the_first()
    {
        var failover = new Failover();
        var root = await world.StartAsync("root", configure: fat => fat.Services.Select(service => service.ImplementationInstance).OfType<FatRegistrations>().Single().Faults = failover);
        var child = await world.StartAsync("child");
        var id = world.NextId();

        // Without a branch of its own, so that the decision is a transaction of its own.
        var result = await root.RootAsync((_, _) => child.CallAsync((items, token) => items.AddAsync(id, token)));

        Assert.Equal(2, failover.Attempts);
        Assert.True(result.Outcome == FatOutcome.Committed, $"{result.Outcome}: {result.Error}");
        await child.SeesAsync(id, TestContext.Current.CancellationToken);
        await world.NothingPreparedAsync(child);
    }

    /// <summary>The first answer does not arrive, and the server that is found then has no room.</summary>
    private sealed class Failover : FaultPoints
    {
        private int _attempts;

        public int Attempts => Volatile.Read(ref _attempts);

        public override ValueTask BeforeAsync(FaultPoint point, params ReadOnlySpan<GroupId> groups) =>
            point == FaultPoint.Decide && Interlocked.Increment(ref _attempts) == 2
                ? throw new PostgresException("sorry, too many clients already", "FATAL", "FATAL", PostgresErrorCodes.TooManyConnections)
                : ValueTask.CompletedTask;

        public override ValueTask AfterAsync(FaultPoint point, params ReadOnlySpan<GroupId> groups) =>
            point == FaultPoint.Decide && Attempts == 1 ? throw new NpgsqlException("The connection was reset.") : ValueTask.CompletedTask;
    }
}
