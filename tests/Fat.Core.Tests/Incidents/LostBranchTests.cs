using Fat.Core.Tests.World;
using Fat.Faults;
using Fat.Protocol;
using Fat.Shop;

namespace Fat.Core.Tests.Incidents;

/// <summary>Processes die with held branches that their group has committed: the call is run again, once, whatever dies meanwhile.</summary>
public sealed class LostBranchTests(Servers servers)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_left_of_a_held_branch_that_commits()
    {
        await using var world = await LostBranchWorld.StartAsync(servers);
        var id = await world.CommitAsync(rows: 3);

        await LostBranchWorld.UntilAsync(() => LostBranchWorld.RowsAsync(world.Vault, id), 3);
        await world.StatesBecomeAsync(null);
        Assert.Equal(0, await world.HeldMarksAsync());
        Assert.Null(await world.EventsAsync());
    }

    [Fact]
    public async Task A_branch_whose_process_dies_before_its_commit_is_replayed()
    {
        await using var world = await LostBranchWorld.StartAsync(servers);
        var id = await world.CommitWithoutVaultAsync(rows: 2);
        await world.Vault.KillAsync();
        Assert.Equal("journalled journalled", await world.StatesAsync());

        await world.Vault.StartAsync(null, Stop);
        await world.StatesBecomeAsync("replayed replayed");

        Assert.Equal(2, await LostBranchWorld.RowsAsync(world.Vault, id));
        Assert.Equal(1, await LostBranchWorld.RowsAsync(world.Orders, id));
        Assert.Equal("opened replayed opened replayed", await world.EventsAsync());
        Assert.Equal(2, await world.HeldMarksAsync());
        await world.NothingLeftAsync();
    }

    [Fact]
    public async Task A_branch_whose_process_dies_behind_its_commit_is_not()
    {
        await using var world = await LostBranchWorld.StartAsync(servers);
        var id = await world.CommitUpToAsync(FaultPoint.CommitHeld, Side.After);
        await world.KillAsync(FaultPoint.CommitHeld, Side.After);
        Assert.Equal("journalled", await world.StatesAsync());
        Assert.Equal(1, await world.HeldMarksAsync());

        await world.Vault.StartAsync(null, Stop);
        await world.StatesBecomeAsync(null);

        Assert.Equal(1, await LostBranchWorld.RowsAsync(world.Vault, id));
        Assert.Null(await world.EventsAsync());
        Assert.Equal(0, await world.HeldMarksAsync());
    }

    [Theory]
    [InlineData(nameof(FaultPoint.OpenIncident), nameof(Side.Before), 1)]
    [InlineData(nameof(FaultPoint.OpenIncident), nameof(Side.After), 1)]
    [InlineData(nameof(FaultPoint.Replay), nameof(Side.Before), 2)]
    [InlineData(nameof(FaultPoint.Replay), nameof(Side.After), 1)]
    public async Task It_is_replayed_once_when_that_process_dies_as_well(string where, string when, int attempts)
    {
        var (point, side) = (Enum.Parse<FaultPoint>(where), Enum.Parse<Side>(when));
        await using var world = await LostBranchWorld.StartAsync(servers);
        var id = await world.CommitUpToAsync(FaultPoint.CommitHeld, Side.Before);
        await world.KillAsync(FaultPoint.CommitHeld, Side.Before);
        await world.Vault.StartAsync(LostBranchWorld.At(point, side), Stop);
        await world.Vault.ReachedAsync(point, side, Stop);
        await world.KillAsync(point, side);

        await world.Vault.StartAsync(null, Stop);
        await world.StatesBecomeAsync("replayed");

        Assert.Equal(1, await LostBranchWorld.RowsAsync(world.Vault, id));
        Assert.Equal(attempts, await world.Vault.CountAsync("SELECT attempts::bigint FROM fat_journal", Stop));
        Assert.Equal("opened replayed", await world.EventsAsync());
        await world.NothingLeftAsync();
    }

    [Fact]
    public async Task Without_Replay_it_is_an_open_incident()
    {
        await using var world = await LostBranchWorld.StartAsync(servers, ("Replay", "false"));
        var id = await world.CommitUpToAsync(FaultPoint.CommitHeld, Side.Before);
        await world.KillAsync(FaultPoint.CommitHeld, Side.Before);

        await world.Vault.StartAsync(null, Stop);
        await world.StatesBecomeAsync("open");

        Assert.Contains("does not allow a replay", await world.Vault.TextAsync("SELECT reason FROM fat_journal", Stop), StringComparison.Ordinal);
        Assert.Equal($$"""{"id":{{id}},"row":1}""", await world.Vault.TextAsync("SELECT arguments FROM fat_journal", Stop));
        Assert.Equal(0, await LostBranchWorld.RowsAsync(world.Vault, id));
        Assert.Equal("opened", await world.EventsAsync());
        Assert.Equal(0, await world.HeldMarksAsync());
        await world.NothingLeftAsync();
    }

    [Fact]
    public async Task With_automatic_replay_off_it_waits_for_a_person()
    {
        await using var world = await LostBranchWorld.StartAsync(servers, ("Fat__ReplayLostBranches", "false"));
        var id = await world.CommitUpToAsync(FaultPoint.CommitHeld, Side.Before);
        await world.KillAsync(FaultPoint.CommitHeld, Side.Before);

        await world.Vault.StartAsync(null, Stop);
        await world.StatesBecomeAsync("open");

        Assert.Contains("Fat:ReplayLostBranches", await world.Vault.TextAsync("SELECT reason FROM fat_journal", Stop), StringComparison.Ordinal);
        Assert.Equal(0, await LostBranchWorld.RowsAsync(world.Vault, id));
    }

    [Fact]
    public async Task A_replay_that_fails_is_tried_again_until_it_commits()
    {
        await using var world = await LostBranchWorld.StartAsync(servers);
        var id = await world.CommitUpToAsync(FaultPoint.CommitHeld, Side.Before);
        await world.KillAsync(FaultPoint.CommitHeld, Side.Before);
        await world.Vault.CountAsync($"WITH mine AS (INSERT INTO items VALUES ({id}, 1, 'in its way') RETURNING 1) SELECT count(*) FROM mine", Stop);

        await world.Vault.StartAsync(null, Stop);
        await world.StatesBecomeAsync("failed");
        Assert.Contains("duplicate key", await world.Vault.TextAsync("SELECT reason FROM fat_journal", Stop), StringComparison.Ordinal);
        Assert.Equal(0, await world.HeldMarksAsync());
        await world.Vault.CountAsync($"WITH mine AS (DELETE FROM items WHERE id = {id} RETURNING 1) SELECT count(*) FROM mine", Stop);
        await world.StatesBecomeAsync("replayed");

        Assert.Equal(1, await LostBranchWorld.RowsAsync(world.Vault, id));
        Assert.Matches("^opened (failed )+replayed$", await world.EventsAsync());
    }

    [Fact]
    public async Task A_process_that_stands_still_with_its_transaction_keeps_others_from_it_and_commits_when_it_goes_on()
    {
        await using var world = await LostBranchWorld.StartAsync(servers);
        await using var another = world.AnotherVault();
        var id = await world.CommitUpToAsync(FaultPoint.CommitHeld, Side.Before);
        await world.Vault.PauseAsync(Stop);
        await another.StartAsync(null, Stop);

        await BlockedAsync(world, times: 3);
        Assert.Equal("journalled", await world.StatesAsync());
        Assert.Null(await world.EventsAsync());
        await world.Vault.ResumeAsync(Stop);
        await world.Vault.TellAsync(FaultPoint.CommitHeld, Side.Before, Deed.Pass, Stop);
        await world.StatesBecomeAsync(null);

        Assert.Equal(1, await LostBranchWorld.RowsAsync(world.Vault, id));
        Assert.Equal(0, await world.HeldMarksAsync());
        Assert.Null(await world.EventsAsync());
    }

    [Fact]
    public async Task When_it_dies_instead_another_process_replays()
    {
        await using var world = await LostBranchWorld.StartAsync(servers);
        await using var another = world.AnotherVault();
        var id = await world.CommitUpToAsync(FaultPoint.CommitHeld, Side.Before);
        await world.Vault.PauseAsync(Stop);
        await another.StartAsync(null, Stop);
        await BlockedAsync(world, times: 1);

        await world.Vault.KillAsync();
        await world.StatesBecomeAsync("replayed");

        Assert.Equal(1, await LostBranchWorld.RowsAsync(world.Vault, id));
        Assert.Equal("opened replayed", await world.EventsAsync());
    }

    /// <summary>Rule H3: a decision that all have obeyed is forgotten, and asking for it would write a roll back.</summary>
    [Fact]
    public async Task A_branch_that_has_committed_needs_no_decision_any_more()
    {
        await using var world = await LostBranchWorld.StartAsync(servers);
        var gid = GroupId.New(TimeProvider.System.GetUtcNow());
        await world.Vault.CountAsync(
            $"""
            WITH row AS (INSERT INTO fat_journal (gid, branch_id, service, database_name, instance, root_service, decision_database, call_service, call_method, call_name, replay,
              arguments, create_time) VALUES ('{gid}', '1-0000000a-1', 'vault', 'vault', 'vault~000000000001', 'orders', 'orders', '', '', '', 1, '', now() - interval '1 hour') RETURNING 1),
            mark AS (INSERT INTO fat_barrier (trans_type, gid, branch_id, op, barrier_id) VALUES ('fat', '{gid}', '1-0000000a-1', 'held', '01') RETURNING 1)
            SELECT count(*) FROM row, mark
            """,
            Stop);

        await world.StatesBecomeAsync(null);

        Assert.Equal(0, await world.HeldMarksAsync());
        Assert.Equal(0, await world.Orders.CountAsync($"SELECT count(*) FROM fat_barrier WHERE gid = '{gid}'", Stop));
    }

    /// <summary>Rule S7: the decision row is asked for as long as nobody knows what became of a branch.</summary>
    [Fact]
    public async Task Nobody_acknowledges_for_a_branch_of_which_it_is_not_known_what_became()
    {
        await using var world = await LostBranchWorld.StartAsync(servers);
        await using var another = world.AnotherVault();
        var id = await world.CommitWithoutVaultAsync();
        await another.StartAsync(null, Stop);
        await RowsOfDecisionAsync(world, id, 1);

        // Rows may go after six RecoveryIntervals, and are asked about after twelve.
        await world.Orders.CountAsync("SELECT count(*) FROM pg_sleep(20)", Stop);
        await RowsOfDecisionAsync(world, id, 1);
        await world.Vault.KillAsync();
        await world.StatesBecomeAsync("replayed");

        Assert.Equal(1, await LostBranchWorld.RowsAsync(world.Vault, id));
        await RowsOfDecisionAsync(world, id, 0);
    }

    /// <summary>Its journal is from before, and the application makes the tables.</summary>
    [Fact]
    public async Task A_branch_that_was_lost_before_its_database_could_prepare_is_replayed_all_the_same()
    {
        await using var world = await LostBranchWorld.StartAsync(servers);
        var id = await world.CommitWithoutVaultAsync();
        await world.Vault.KillAsync();
        Assert.Equal("journalled", await world.StatesAsync());

        await world.Vault.StartAsync(null, [("Held", "false"), ("Fat__CreateBarrierTable", "false")], Stop);
        await world.StatesBecomeAsync("replayed");

        Assert.Equal(1, await LostBranchWorld.RowsAsync(world.Vault, id));
        Assert.Equal("opened replayed", await world.EventsAsync());
        await RowsOfDecisionAsync(world, id, 0);
    }

    private static Task RowsOfDecisionAsync(LostBranchWorld world, int id, long rows) => LostBranchWorld.UntilAsync(
        () => world.Orders.CountAsync($"SELECT count(*) FROM fat_barrier WHERE op = 'decision' AND gid IN (SELECT gid FROM items WHERE id = {id})", Stop), rows);

    /// <summary>Somebody waits for the barrier row of the transaction that is still open, again and again.</summary>
    private static async Task BlockedAsync(LostBranchWorld world, int times)
    {
        const string Waiting =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'INSERT INTO fat_barrier%held%'";
        for (var time = 0; time < times; time++)
        {
            await LostBranchWorld.UntilAsync(() => world.Vault.CountAsync(Waiting, Stop), 1);
            await LostBranchWorld.UntilAsync(() => world.Vault.CountAsync(Waiting, Stop), 0);
        }
    }
}
