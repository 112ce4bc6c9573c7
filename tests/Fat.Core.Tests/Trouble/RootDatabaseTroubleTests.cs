using Fat.TestServers.Network;
using Npgsql;

namespace Fat.Core.Tests.Trouble;

/// <summary>The database that holds the decisions fails: what was certainly not written is rolled back, what may have been is in doubt until it is read.</summary>
public sealed class RootDatabaseTroubleTests(RootDatabaseTroubleWorld world) : IAsyncLifetime, IClassFixture<RootDatabaseTroubleWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await world.ReadyAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Restarted_before_the_group_it_is_not_noticed(bool carries)
    {
        var (first, second) = (world.NextId(), world.NextId());
        Assert.Equal(FatOutcome.Committed, (await GroupAsync(first, carries)).Outcome);
        await world.Postgres.Server.RestartAsync(Stop);

        var result = await GroupAsync(second, carries);

        Assert.True(result.Outcome == FatOutcome.Committed, $"{result.Error}");
        await world.Child.SeesAsync(first, Stop);
        await world.Child.SeesAsync(second, Stop);
        await world.NothingLeftAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Restarted_before_the_decision_the_group_ends_and_the_databases_agree(bool carries)
    {
        var id = world.NextId();

        var decided = 0L;
        var result = await GroupAsync(id, carries, async () =>
        {
            await world.Postgres.Server.RestartAsync(Stop);
            decided = TimeProvider.System.GetTimestamp();
        });
        var took = TimeProvider.System.GetElapsedTime(decided);

        // Without a transaction of its own the root loses nothing by the restart.
        if (carries)
            NotCommitted(world, result, took);
        else
            Assert.Equal(FatOutcome.Committed, result.Outcome);
        await AgreesAsync(id, carries, result);
        Assert.Equal(!carries, await world.Child.HasAsync(id));
        await world.NextGroupWorksAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Down_at_the_decision_nothing_is_kept(bool carries)
    {
        var id = world.NextId();

        var result = await GroupAsync(id, carries, () => world.Postgres.Server.StopAsync(Stop));

        // Where no COMMIT was sent there is no doubt.
        if (carries)
            InDoubt(result);
        else
            ChildDatabaseTroubleTests.RolledBackAt("root", result, "The decision could not be written", "(database 'root')");
        await world.Postgres.Server.StartAgainAsync(Stop);
        await AgreesAsync(id, carries, result);
        Assert.False(await world.Child.HasAsync(id));
        await world.NextGroupWorksAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Silent_at_the_decision_the_group_is_settled_when_it_is_back(bool carries)
    {
        var id = world.NextId();

        var result = await GroupAsync(id, carries, () =>
        {
            world.RootRoute.BlackHole();
            return Task.CompletedTask;
        });

        InDoubt(result);
        await world.RootRoute.HealAsync(Stop);
        await AgreesAsync(id, carries, result);
        await world.NextGroupWorksAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_answer_to_the_decision_is_lost_and_the_group_commits_when_it_can_be_read(bool carries)
    {
        await world.NextGroupWorksAsync();
        var id = world.NextId();

        // The decision has arrived and waits when replies begin to be lost: its connection cannot be looked at, or opened, behind that.
        await using var rival = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(world.Root.ConnectionString)
        {
            Host = world.Postgres.Server.Host,
            Port = world.Postgres.Server.Port,
            Pooling = false,
            Enlist = false,
        }.ConnectionString);
        await rival.OpenAsync(Stop);
        await using var holding = await rival.BeginTransactionAsync(Stop);
        await using (var command = new NpgsqlCommand("LOCK TABLE fat_barrier IN SHARE ROW EXCLUSIVE MODE", rival, holding))
            await command.ExecuteNonQueryAsync(Stop);
        var deciding = GroupAsync(id, carries);
        await Dialects.TillWorld.UntilAsync(async () => await world.Root.QueryAsync<long>(
            "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND relation = 'fat_barrier'::regclass AND query ILIKE 'insert%'") > 0);
        world.RootRoute.DropReplies();
        await holding.RollbackAsync(Stop);

        var result = await deciding;

        InDoubt(result);
        Assert.Equal(1, await world.Root.QueryAsync<long>($"SELECT count(*) FROM fat_barrier WHERE gid = '{result.Gid}' AND reason = 'committed'"));
        await world.RootRoute.HealAsync(Stop);
        await world.Child.SeesAsync(id, Stop);
        Assert.Equal(carries, await world.Root.HasAsync(id));
        await world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task Silent_while_the_group_is_rolled_back_nobody_waits_for_it()
    {
        var id = world.NextId();

        var result = await world.GroupAsync(id, () =>
        {
            world.RootRoute.BlackHole();
            throw new InvalidOperationException("Out of stock.");
        });

        ChildDatabaseTroubleTests.RolledBackAt("root", result, "Out of stock.");
        await world.RootRoute.HealAsync(Stop);
        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task Down_after_the_decision_it_is_not_needed()
    {
        var id = world.NextId();
        var result = await world.GroupAsync(id, () =>
        {
            world.ChildRoute.ToServer.Rule = TrafficRule.Hold;
            return Task.CompletedTask;
        });
        Assert.Equal(FatOutcome.Committed, result.Outcome);

        await world.Postgres.Server.StopAsync(Stop);
        await world.ChildRoute.HealAsync(Stop);

        await world.Child.SeesAsync(id, Stop);
        await world.Postgres.Server.StartAgainAsync(Stop);
        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task Out_of_connections_at_a_decision_of_its_own_the_group_rolls_back()
    {
        // Leaves a connection in the pool, which is dead afterwards.
        await world.NextGroupWorksAsync();
        var id = world.NextId();

        var result = await GroupAsync(id, carries: false, world.Postgres.TakeConnectionsAsync);

        ChildDatabaseTroubleTests.RolledBackAt("root", result, "The decision could not be written", "53300", "max_connections");
        await world.Postgres.GiveConnectionsAsync();
        await AgreesAsync(id, carries: false, result);
        await world.NextGroupWorksAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_full_disk_at_the_decision_rolls_back(bool carries)
    {
        var id = world.NextId();
        FatScopeResult result;
        await using (await DiskFull.AtAsync(world.Root, "fat_barrier"))
            result = await GroupAsync(id, carries);

        ChildDatabaseTroubleTests.RolledBackAt("root", result, "The decision could not be written", "53100: could not extend file", "Check free disk space");
        await AgreesAsync(id, carries, result);
        await world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task A_serialization_failure_that_the_decision_finds_rolls_back()
    {
        var id = world.NextId();

        var result = await world.GroupAsync(id, root: (items, _) => items.WorkSerializableAsync(context => Rival.SkewAsync(world.Root, context, id, world.NextId())));

        ChildDatabaseTroubleTests.RolledBackAt("root", result, "40001: could not serialize access", "repeat the whole group");
        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }

    /// <summary>Either the root's own transaction carries the decision, or it has none and the decision is a transaction of its own.</summary>
    private Task<FatScopeResult> GroupAsync(int id, bool carries, Func<Task>? afterVote = null) =>
        world.GroupAsync(id, afterVote, root: carries ? null : (_, _) => Task.CompletedTask);

    private Task AgreesAsync(int id, bool carries, FatScopeResult result) =>
        carries ? world.AgreesAsync(id, result) : world.ChildAgreesAsync(id, result);

    /// <summary>The server ended the root's session (57P01), which it may do behind a COMMIT: the root asks for the row, and is in doubt if that took too long.</summary>
    internal static void NotCommitted(TroubleWorld world, FatScopeResult result, TimeSpan took)
    {
        if (result.Outcome != FatOutcome.InDoubt)
        {
            ChildDatabaseTroubleTests.RolledBackAt("root", result, "57P01");
            return;
        }

        InDoubt(result);
        Assert.True(took >= world.AbsenceTrusted, $"in doubt after {took}");
    }

    private static void InDoubt(FatScopeResult result)
    {
        Assert.True(result.Outcome == FatOutcome.InDoubt, $"{result.Outcome}: {result.Error}");
        Assert.Contains(result.Gid, Assert.IsType<FatInDoubtException>(result.Error).Message, StringComparison.Ordinal);
    }
}
