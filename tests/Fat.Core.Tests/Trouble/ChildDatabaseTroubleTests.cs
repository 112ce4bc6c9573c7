using Fat.Core.Tests.World;
using Microsoft.EntityFrameworkCore;

namespace Fat.Core.Tests.Trouble;

/// <summary>The database of a child fails: before its vote the group rolls back and says why, after it the branch waits for its database.</summary>
public sealed class ChildDatabaseTroubleTests(ChildDatabaseTroubleWorld world) : IAsyncLifetime, IClassFixture<ChildDatabaseTroubleWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await world.ReadyAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Restarted_before_the_group_it_is_not_noticed()
    {
        await world.NextGroupWorksAsync();
        await world.Postgres.Server.RestartAsync(Stop);

        await world.NextGroupWorksAsync();
        await world.NothingLeftAsync();
    }

    [Fact]
    public async Task Down_before_the_group_it_rolls_back()
    {
        await world.NextGroupWorksAsync();
        await world.Postgres.Server.StopAsync(Stop);
        await world.ChildRoute.RefuseAsync(Stop);
        var id = world.NextId();

        var result = await world.GroupAsync(id);

        RolledBack(result, "Connection refused (database 'child')");
        await world.ChildRoute.HealAsync(Stop);
        await world.Postgres.Server.StartAgainAsync(Stop);
        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task Silent_before_the_group_it_rolls_back_after_WaitResult()
    {
        await world.NextGroupWorksAsync();
        world.ChildRoute.BlackHole();
        var id = world.NextId();

        var result = await world.GroupAsync(id);

        RolledBack(result, $"No result within {world.WaitResult.TotalMilliseconds:0} ms (WaitResult)");
        await world.ChildRoute.HealAsync(Stop);
        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task Killed_between_the_write_and_the_vote_it_rolls_back()
    {
        var id = world.NextId();

        var result = await world.GroupAsync(id, child: (items, _) => items.WorkAsync(async context =>
        {
            await AddAsync(context, id);
            await world.Postgres.Server.KillAsync(Stop);
            await world.Postgres.Server.StartAgainAsync(Stop);
        }));

        RolledBack(result, "database 'child'");
        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restarted_after_the_vote_the_branch_commits(bool killed)
    {
        var id = world.NextId();

        var result = await world.GroupAsync(id, async () =>
        {
            if (killed)
                await world.Postgres.Server.KillAsync(Stop);
            else
                await world.Postgres.Server.StopAsync(Stop);
            await world.Postgres.Server.StartAgainAsync(Stop);
        });

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task Down_after_the_vote_the_branch_commits_when_it_is_back()
    {
        var id = world.NextId();

        var result = await world.GroupAsync(id, () => world.Postgres.Server.StopAsync(Stop));

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        await world.ChildLog.WaitForAsync("could not obey 'Committed' yet", times: 2);
        await world.Postgres.Server.StartAgainAsync(Stop);
        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task Silent_after_the_vote_the_branch_commits_when_it_is_back()
    {
        var id = world.NextId();
        var dropped = world.ChildRoute.ToServer.BytesDropped;

        var result = await world.GroupAsync(id, () =>
        {
            world.ChildRoute.BlackHole();
            return Task.CompletedTask;
        });

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        await world.ChildRoute.ToServer.WaitUntilAsync(lane => lane.BytesDropped > dropped, Stop);
        await world.ChildRoute.HealAsync(Stop);
        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task The_answer_to_PREPARE_is_lost_and_the_branch_is_rolled_back()
    {
        var id = world.NextId();

        var result = await world.GroupAsync(id, child: (items, _) => items.WorkAsync(async context =>
        {
            await AddAsync(context, id);
            world.ChildRoute.DropReplies();
        }));

        Assert.Equal(FatOutcome.RolledBack, result.Outcome);
        await world.ChildRoute.HealAsync(Stop);
        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task Out_of_connections_before_the_group_it_rolls_back()
    {
        await world.NextGroupWorksAsync();
        var id = world.NextId();
        await world.Postgres.TakeConnectionsAsync();

        var result = await world.GroupAsync(id);

        RolledBack(result, "53300", "max_connections");
        await world.Postgres.GiveConnectionsAsync();
        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task Out_of_connections_after_the_vote_the_branch_commits_when_there_is_one()
    {
        var id = world.NextId();

        var result = await world.GroupAsync(id, world.Postgres.TakeConnectionsAsync);

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        await world.ChildLog.WaitForAsync("could not obey 'Committed' yet", times: 2);
        await world.Postgres.GiveConnectionsAsync();
        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task Out_of_prepared_slots_it_rolls_back()
    {
        var id = world.NextId();
        FatScopeResult result;
        await using (await world.Postgres.TakePreparedSlotsAsync())
            result = await world.GroupAsync(id);

        RolledBack(result, "maximum number of prepared transactions reached", "max_prepared_transactions");
        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_full_disk_rolls_back_whether_the_write_finds_out_or_PREPARE(bool atTheEnd)
    {
        var id = world.NextId();
        FatScopeResult result;
        await using (await DiskFull.AtAsync(world.Child, "items", atTheEnd))
            result = await world.GroupAsync(id);

        RolledBack(result, "53100: could not extend file", "Check free disk space");
        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task A_lock_that_is_not_granted_rolls_back()
    {
        var (row, id) = (world.NextId(), world.NextId());
        await Rival.AddAsync(world.Child, row);
        var set = 0;
        FatScopeResult result;
        await using (var rival = await Rival.BeginAsync(world.Child))
        {
            await rival.ExecuteAsync($"UPDATE items SET text = 'rival' WHERE id = {row}");
            result = await world.GroupAsync(id, child: (items, _) => items.WorkAsync(async context =>
            {
                await AddAsync(context, id);
                set = await context.Database.SqlQuery<int>($"SELECT setting::int AS \"Value\" FROM pg_settings WHERE name = 'lock_timeout'").SingleAsync(Stop);
                await context.Database.ExecuteSqlAsync($"SET LOCAL lock_timeout = '300ms'", Stop);
                await ChangeAsync(context, row);
            }));
        }

        Assert.InRange(set, 1, (int)world.WaitResult.TotalMilliseconds);
        RolledBack(result, "A row lock on database 'child' was not granted in time");
        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task A_lock_is_waited_for_no_longer_than_the_branch_has_left()
    {
        var (id, queued) = (world.NextId(), TimeSpan.FromMilliseconds(300));
        var busy = await world.StartAsync("busy", options => options.Workers.MaxConcurrent = 1, postgres: world.Postgres.Server);
        var done = new TaskCompletionSource();
        var set = 0;

        var result = await busy.RootAsync(async (items, _) =>
        {
            var first = items.AddAndStayAsync(id, done.Task);
            var second = items.WorkAsync(async context =>
                set = await context.Database.SqlQuery<int>($"SELECT setting::int AS \"Value\" FROM pg_settings WHERE name = 'lock_timeout'").SingleAsync(Stop));
            var began = TimeProvider.System.GetTimestamp();
            await TroubleWorld.UntilAsync(() => Task.FromResult(TimeProvider.System.GetElapsedTime(began) > queued));
            done.SetResult();
            await Task.WhenAll(first, second);
        });

        Assert.True(result.Outcome == FatOutcome.Committed, $"{result.Error}");
        Assert.InRange(set, 1, (int)((world.WaitResult - queued) * 0.9).TotalMilliseconds);
        await world.StopAsync(busy);
    }

    [Fact]
    public async Task A_deadlock_rolls_back()
    {
        var (mine, theirs, id) = (world.NextId(), world.NextId(), world.NextId());
        await Rival.AddAsync(world.Child, mine, theirs);
        await using var rival = await Rival.BeginAsync(world.Child);
        await rival.ExecuteAsync("SET LOCAL deadlock_timeout = '1min'");
        await rival.ExecuteAsync($"UPDATE items SET text = 'rival' WHERE id = {theirs}");
        var waiting = Task.CompletedTask;

        var result = await world.GroupAsync(id, child: (items, _) => items.WorkAsync(async context =>
        {
            await AddAsync(context, id);
            await ChangeAsync(context, mine);
            waiting = rival.ExecuteAsync($"UPDATE items SET text = 'rival' WHERE id = {mine}");
            await rival.IsBlockedAsync();
            await ChangeAsync(context, theirs);
        }));

        RolledBack(result, "40P01: deadlock detected", "repeat the whole group");
        await waiting;
        await rival.DisposeAsync();
        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task A_serialization_failure_of_a_statement_rolls_back()
    {
        var (row, id) = (world.NextId(), world.NextId());
        await Rival.AddAsync(world.Child, row);

        var result = await world.GroupAsync(id, child: (items, _) => items.WorkSerializableAsync(async context =>
        {
            await AddAsync(context, id);
            await using (var rival = await Rival.BeginAsync(world.Child))
                await rival.ExecuteAsync($"UPDATE items SET text = 'rival' WHERE id = {row}; COMMIT");
            await ChangeAsync(context, row);
        }));

        RolledBack(result, "40001: could not serialize access", "repeat the whole group");
        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task A_serialization_failure_that_PREPARE_finds_rolls_back()
    {
        var id = world.NextId();

        var result = await world.GroupAsync(id, child: (items, _) => items.WorkSerializableAsync(context => Rival.SkewAsync(world.Child, context, id, world.NextId())));

        RolledBack(result, "40001: could not serialize access", "repeat the whole group");
        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }

    private static Task<int> AddAsync(ItemsContext context, int id) =>
        context.Database.ExecuteSqlAsync($"INSERT INTO items (id, text) VALUES ({id}, 'added')", Stop);

    private static Task<int> ChangeAsync(ItemsContext context, int id) =>
        context.Items.Where(item => item.Id == id).ExecuteUpdateAsync(set => set.SetProperty(item => item.Text, "changed"), Stop);

    private static void RolledBack(FatScopeResult result, params string[] words) => RolledBackAt("child", result, words);

    internal static void RolledBackAt(string service, FatScopeResult result, params string[] words)
    {
        Assert.True(result.Outcome == FatOutcome.RolledBack, $"{result.Outcome}: {result.Error}");
        var error = Assert.IsType<FatAbortedException>(result.Error);
        Assert.Equal(result.Gid, error.Gid);
        Assert.Equal(service, error.Service);
        Assert.All(words, word => Assert.Contains(word, error.Reason, StringComparison.Ordinal));
    }
}
