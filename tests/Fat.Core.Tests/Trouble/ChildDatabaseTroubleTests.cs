using Fat.Core.Tests.World;
using Microsoft.EntityFrameworkCore;

namespace Fat.Core.Tests.Trouble;

/// <summary>The database of a child fails: before its vote the group rolls back and says why, after it the branch waits for its database.</summary>
public sealed class ChildDatabaseTroubleTests(Servers servers, BreakablePostgres postgres) : IAsyncLifetime, IClassFixture<BreakablePostgres>
{
    private readonly TroubleWorld _world = new(servers, childServer: postgres.Server);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await postgres.RunsAsync();
        await _world.InitializeAsync();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Restarted_before_the_group_it_is_not_noticed()
    {
        await _world.NextGroupWorksAsync();
        await postgres.Server.RestartAsync(Stop);

        await _world.NextGroupWorksAsync();
        await _world.NothingLeftAsync();
    }

    [Fact]
    public async Task Down_before_the_group_it_rolls_back()
    {
        await _world.NextGroupWorksAsync();
        await postgres.Server.StopAsync(Stop);
        await _world.ChildRoute.RefuseAsync(Stop);
        var id = _world.NextId();

        var result = await _world.GroupAsync(id);

        RolledBack(result, "Connection refused (database 'child')");
        await _world.ChildRoute.HealAsync(Stop);
        await postgres.Server.StartAgainAsync(Stop);
        await _world.AgreesAsync(id, result);
        await _world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task Silent_before_the_group_it_rolls_back_after_WaitResult()
    {
        await _world.NextGroupWorksAsync();
        _world.ChildRoute.BlackHole();
        var id = _world.NextId();

        var result = await _world.GroupAsync(id);

        RolledBack(result, "No result within 2000 ms (WaitResult)");
        await _world.ChildRoute.HealAsync(Stop);
        await _world.AgreesAsync(id, result);
        await _world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task Killed_between_the_write_and_the_vote_it_rolls_back()
    {
        var id = _world.NextId();

        var result = await _world.GroupAsync(id, child: (items, _) => items.WorkAsync(async context =>
        {
            await AddAsync(context, id);
            await postgres.Server.KillAsync(Stop);
            await postgres.Server.StartAgainAsync(Stop);
        }));

        RolledBack(result, "database 'child'");
        await _world.AgreesAsync(id, result);
        await _world.NextGroupWorksAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restarted_after_the_vote_the_branch_commits(bool killed)
    {
        var id = _world.NextId();

        var result = await _world.GroupAsync(id, async () =>
        {
            if (killed)
                await postgres.Server.KillAsync(Stop);
            else
                await postgres.Server.StopAsync(Stop);
            await postgres.Server.StartAgainAsync(Stop);
        });

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        await _world.AgreesAsync(id, result);
        await _world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task Down_after_the_vote_the_branch_commits_when_it_is_back()
    {
        var id = _world.NextId();

        var result = await _world.GroupAsync(id, () => postgres.Server.StopAsync(Stop));

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        await _world.ChildLog.WaitForAsync("could not obey 'Committed' yet", times: 2);
        await postgres.Server.StartAgainAsync(Stop);
        await _world.AgreesAsync(id, result);
        await _world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task Silent_after_the_vote_the_branch_commits_when_it_is_back()
    {
        var id = _world.NextId();

        var result = await _world.GroupAsync(id, () =>
        {
            _world.ChildRoute.BlackHole();
            return Task.CompletedTask;
        });

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        await _world.ChildRoute.ToServer.WaitUntilAsync(lane => lane.BytesDropped > 0, Stop);
        await _world.ChildRoute.HealAsync(Stop);
        await _world.AgreesAsync(id, result);
        await _world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task The_answer_to_PREPARE_is_lost_and_the_branch_is_rolled_back()
    {
        var id = _world.NextId();

        var result = await _world.GroupAsync(id, child: (items, _) => items.WorkAsync(async context =>
        {
            await AddAsync(context, id);
            _world.ChildRoute.DropReplies();
        }));

        Assert.Equal(FatOutcome.RolledBack, result.Outcome);
        await _world.ChildRoute.HealAsync(Stop);
        await _world.AgreesAsync(id, result);
        await _world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task Out_of_connections_before_the_group_it_rolls_back()
    {
        await _world.NextGroupWorksAsync();
        var id = _world.NextId();
        await postgres.TakeConnectionsAsync();

        var result = await _world.GroupAsync(id);

        RolledBack(result, "53300", "max_connections");
        await postgres.GiveConnectionsAsync();
        await _world.AgreesAsync(id, result);
        await _world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task Out_of_connections_after_the_vote_the_branch_commits_when_there_is_one()
    {
        var id = _world.NextId();

        var result = await _world.GroupAsync(id, postgres.TakeConnectionsAsync);

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        await _world.ChildLog.WaitForAsync("could not obey 'Committed' yet", times: 2);
        await postgres.GiveConnectionsAsync();
        await _world.AgreesAsync(id, result);
        await _world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task Out_of_prepared_slots_it_rolls_back()
    {
        var id = _world.NextId();
        FatScopeResult result;
        await using (await postgres.TakePreparedSlotsAsync())
            result = await _world.GroupAsync(id);

        RolledBack(result, "maximum number of prepared transactions reached", "max_prepared_transactions");
        await _world.AgreesAsync(id, result);
        await _world.NextGroupWorksAsync();
    }

    [Theory]
    [InlineData("CREATE TRIGGER disk_is_full BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION disk_full()")]
    [InlineData("CREATE CONSTRAINT TRIGGER disk_is_full AFTER INSERT ON items DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION disk_full()")]
    public async Task A_full_disk_rolls_back_whether_it_strikes_at_the_write_or_at_PREPARE(string trigger)
    {
        await DiskFull.AtAsync(_world.Child, trigger);
        var id = _world.NextId();

        var result = await _world.GroupAsync(id);

        RolledBack(result, "53100: could not extend file", "Check free disk space");
        await DiskFull.OverAsync(_world.Child, "items");
        await _world.AgreesAsync(id, result);
        await _world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task A_lock_that_is_not_granted_rolls_back()
    {
        var (row, id) = (_world.NextId(), _world.NextId());
        await Rival.AddAsync(_world.Child, row);
        var set = 0;
        FatScopeResult result;
        await using (var rival = await Rival.BeginAsync(_world.Child))
        {
            await rival.ExecuteAsync($"UPDATE items SET text = 'rival' WHERE id = {row}");
            result = await _world.GroupAsync(id, child: (items, _) => items.WorkAsync(async context =>
            {
                await AddAsync(context, id);
                set = await context.Database.SqlQuery<int>($"SELECT setting::int AS \"Value\" FROM pg_settings WHERE name = 'lock_timeout'").SingleAsync(Stop);
                await context.Database.ExecuteSqlAsync($"SET LOCAL lock_timeout = '300ms'", Stop);
                await ChangeAsync(context, row);
            }));
        }

        Assert.InRange(set, 1, (int)_world.WaitResult.TotalMilliseconds);
        RolledBack(result, "A row lock on database 'child' was not granted in time");
        await _world.AgreesAsync(id, result);
        await _world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task A_deadlock_rolls_back()
    {
        var (mine, theirs, id) = (_world.NextId(), _world.NextId(), _world.NextId());
        await Rival.AddAsync(_world.Child, mine, theirs);
        await using var rival = await Rival.BeginAsync(_world.Child);
        await rival.ExecuteAsync("SET LOCAL deadlock_timeout = '1min'");
        await rival.ExecuteAsync($"UPDATE items SET text = 'rival' WHERE id = {theirs}");
        var waiting = Task.CompletedTask;

        var result = await _world.GroupAsync(id, child: (items, _) => items.WorkAsync(async context =>
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
        await _world.AgreesAsync(id, result);
        await _world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task A_serialization_failure_of_a_statement_rolls_back()
    {
        var (row, id) = (_world.NextId(), _world.NextId());
        await Rival.AddAsync(_world.Child, row);

        var result = await _world.GroupAsync(id, child: (items, _) => items.WorkSerializableAsync(async context =>
        {
            await AddAsync(context, id);
            await using (var rival = await Rival.BeginAsync(_world.Child))
                await rival.ExecuteAsync($"UPDATE items SET text = 'rival' WHERE id = {row}; COMMIT");
            await ChangeAsync(context, row);
        }));

        RolledBack(result, "40001: could not serialize access", "repeat the whole group");
        await _world.AgreesAsync(id, result);
        await _world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task A_serialization_failure_that_PREPARE_finds_rolls_back()
    {
        var id = _world.NextId();

        var result = await _world.GroupAsync(id, child: (items, _) => items.WorkSerializableAsync(context => Rival.SkewAsync(_world.Child, context, id, _world.NextId())));

        RolledBack(result, "40001: could not serialize access", "repeat the whole group");
        await _world.AgreesAsync(id, result);
        await _world.NextGroupWorksAsync();
    }

    private static Task<int> AddAsync(ItemsContext context, int id) =>
        context.Database.ExecuteSqlAsync($"INSERT INTO items (id, text) VALUES ({id}, 'added')", Stop);

    private static Task<int> ChangeAsync(ItemsContext context, int id) =>
        context.Items.Where(item => item.Id == id).ExecuteUpdateAsync(set => set.SetProperty(item => item.Text, "changed"), Stop);

    private static void RolledBack(FatScopeResult result, params string[] words) => RolledBackAt("child", result, words);

    internal static void RolledBackAt(string service, FatScopeResult result, params string[] words)
    {
        Assert.Equal(FatOutcome.RolledBack, result.Outcome);
        var error = Assert.IsType<FatAbortedException>(result.Error);
        Assert.Equal(result.Gid, error.Gid);
        Assert.Equal(service, error.Service);
        Assert.All(words, word => Assert.Contains(word, error.Reason, StringComparison.Ordinal));
    }
}
