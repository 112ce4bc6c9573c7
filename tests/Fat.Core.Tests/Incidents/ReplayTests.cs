using Fat.Core.Tests.World;
using Fat.Faults;

namespace Fat.Core.Tests.Incidents;

/// <summary>What a replay does, and which calls can be replayed.</summary>
public sealed class ReplayTests(Servers servers)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_call_is_made_again_with_the_arguments_that_it_had_before_its_method_changed_them()
    {
        await using var world = await HeldWorld.StartAsync(servers);
        var id = world.NextId();
        var deposit = new Deposit("Zoë \0 \"quoted\" 在庫", 12345678901234567890.12m, Currency.Yen, TimeProvider.System.GetUtcNow(), ["one", "two"], (-1, int.MaxValue));
        var expected = Deposits.Text(deposit);

        var gid = await world.LoseAsync(deposits => deposits.PutAsync(id, deposit, Stop));
        await world.IncidentAsync(gid, FatIncidentState.Replayed);

        Assert.Equal(expected + gid, await world.TextAsync(id));
    }

    [Fact]
    public async Task Each_of_the_calls_that_shared_a_lost_transaction_is_made_again()
    {
        await using var world = await HeldWorld.StartAsync(servers, options => options.Join = FatJoin.Group);
        var (first, second, third) = (world.NextId(), world.NextId(), world.NextId());
        world.Strike.At(FaultPoint.CommitHeld, after: false);

        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(first, token);
            await world.Safe.CallAsync((_, _) => world.DepositAsync(async deposits => await deposits.PutAndCallAsync(first, "one")));
            await world.Safe.CallAsync((_, _) => world.DepositAsync(async deposits => await deposits.PutAndCallAsync(second, "two")));
            await world.Safe.CallAsync((_, _) => world.DepositAsync(async deposits => await deposits.PutAndCallAsync(third, "three")));
        });

        Assert.Null(result.Error);
        await LostBranchWorld.UntilAsync(
            async () => (await world.Admin.ListIncidentsAsync(onlyOpen: false, cancellationToken: Stop)).Items.Count(one => one.Gid == result.Gid && one.State == FatIncidentState.Replayed), 3);
        Assert.Equal("one", await world.TextAsync(first));
        Assert.Equal("two", await world.TextAsync(second));
        Assert.Equal("three", await world.TextAsync(third));
        await LostBranchWorld.UntilAsync(() => world.Orders.QueryAsync<long>("SELECT count(*) FROM fat_barrier WHERE reason = 'committed'"), 0);
    }

    [Fact]
    public async Task Calls_that_share_a_held_transaction_leave_nothing_behind_when_it_commits()
    {
        await using var world = await HeldWorld.StartAsync(servers, options => options.Join = FatJoin.Group);
        var (first, second) = (world.NextId(), world.NextId());

        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(first, token);
            await world.Safe.CallAsync((_, _) => world.DepositAsync(deposits => deposits.PutOnceAsync(first, "one")));
            await world.Safe.CallAsync((_, _) => world.DepositAsync(deposits => deposits.PutOnceAsync(second, "two")));
        });

        Assert.Null(result.Error);
        await world.Safe.SeesAsync(first, Stop);
        Assert.Equal("two", await world.TextAsync(second));
        await world.NothingLeftAsync();
        await LostBranchWorld.UntilAsync(() => world.Orders.QueryAsync<long>("SELECT count(*) FROM fat_barrier WHERE reason = 'committed'"), 0);
    }

    [Fact]
    public async Task Methods_that_return_at_once_or_a_value_are_replayed_as_well()
    {
        await using var world = await HeldWorld.StartAsync(servers);
        var (first, second, third) = (world.NextId(), world.NextId(), world.NextId());
        var gid = await world.LoseAsync(deposits =>
        {
            deposits.PutTwo(first, second);
            return Task.CompletedTask;
        });
        await world.IncidentAsync(gid, FatIncidentState.Replayed);
        var other = await world.LoseAsync(async deposits => await deposits.PutAndCallAsync(third, "value"));
        await world.IncidentAsync(other, FatIncidentState.Replayed);

        Assert.Equal("first", await world.TextAsync(first));
        Assert.Equal("second", await world.TextAsync(second));
        Assert.Equal("value", await world.TextAsync(third));
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_no_incident()
    {
        await using var world = await HeldWorld.StartAsync(servers);
        var id = world.NextId();
        world.Strike.At(FaultPoint.CommitHeld, after: true);
        var result = await world.RunAsync(deposits => deposits.PutOnceAsync(id, "once"));

        Assert.Null(result.Error);
        await world.Safe.SeesAsync(id, Stop);
        await world.NothingLeftAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_method_does_is_done_once_whether_its_commit_or_the_answer_was_lost(bool after)
    {
        await using var world = await HeldWorld.StartAsync(servers);
        var id = world.NextId();
        await world.DepositAsync(deposits => deposits.PutOnceAsync(id, "sum: "));
        world.Strike.At(FaultPoint.CommitHeld, after);
        Assert.Null((await world.RunAsync(deposits => deposits.AppendAsync(id, "1"))).Error);

        await LostBranchWorld.UntilAsync(() => world.Safe.QueryAsync<long>("SELECT count(*) FROM fat_journal WHERE state <> 'replayed'"), 0);
        Assert.Equal("sum: 1", await world.TextAsync(id));
        Assert.Equal(after ? 0 : 1, await world.RowsAsync("fat_journal"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_branch_that_cannot_be_written_down_does_not_vote(bool after)
    {
        await using var world = await HeldWorld.StartAsync(servers);
        var id = world.NextId();

        // A connection that is lost is opened again once: what was not done is done then, and what was done fails on itself.
        world.Strike.At(FaultPoint.Journal, after);
        var result = await world.RunAsync(deposits => deposits.PutOnceAsync(id, "once"));

        Assert.Equal(after ? FatOutcome.RolledBack : FatOutcome.Committed, result.Outcome);
        if (!after)
            await world.Safe.SeesAsync(id, Stop);
        await world.NothingLeftAsync();
        Assert.Equal(!after, await world.Safe.HasAsync(id));
    }

    [Fact]
    public async Task A_replay_neither_calls_other_services_nor_begins_other_transactions()
    {
        await using var world = await HeldWorld.StartAsync(servers);
        var (id, elsewhere) = (world.NextId(), world.NextId());
        world.Outside.DoAsync = what => what == "call" ? world.Stock.CallAsync((items, token) => items.AddAsync(elsewhere, token)) : Task.CompletedTask;
        var gid = await world.LoseAsync(async deposits => await deposits.PutAndCallAsync(id, "call"));

        var failed = await world.IncidentAsync(gid, FatIncidentState.Failed);

        Assert.Contains("cannot call stock", failed.Reason, StringComparison.Ordinal);
        await world.Stock.SeesAsync(elsewhere, Stop);
        Assert.False(await world.Safe.HasAsync(id));
    }

    /// <summary>As with a database in LATIN1 and a reason in another script.</summary>
    [Fact]
    public async Task A_reason_whose_characters_the_database_refuses_is_kept_as_far_as_it_can_be()
    {
        await using var world = await HeldWorld.StartAsync(servers);
        await world.Safe.QueryAsync<object>("ALTER TABLE fat_journal ADD CHECK (reason IS NULL OR reason ~ '^[ -~]*$')");
        var (id, lost) = (world.NextId(), false);
        world.Outside.DoAsync = _ =>
        {
            if (lost)
                throw new InvalidOperationException("It costs 5 € more.");
            lost = true;
            return Task.CompletedTask;
        };
        var gid = await world.LoseAsync(async deposits => await deposits.PutAndCallAsync(id, "dear"));

        var failed = await world.IncidentAsync(gid, FatIncidentState.Failed);

        Assert.Contains("It costs 5 ? more.", failed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replay_that_asks_for_a_roll_back_fails()
    {
        await using var world = await HeldWorld.StartAsync(servers);
        var (id, lost) = (world.NextId(), false);
        world.Outside.DoAsync = _ =>
        {
            if (lost)
                FatContext.Current!.Abort("Not twice.");
            lost = true;
            return Task.CompletedTask;
        };
        var gid = await world.LoseAsync(async deposits => await deposits.PutAndCallAsync(id, "abort"));

        var failed = await world.IncidentAsync(gid, FatIncidentState.Failed);

        Assert.Contains("Not twice.", failed.Reason, StringComparison.Ordinal);
        Assert.False(await world.Safe.HasAsync(id));
    }

    [Fact]
    public async Task Arguments_that_a_replay_could_not_have_fail_the_branch_where_one_is_allowed()
    {
        await using var world = await HeldWorld.StartAsync(servers, options => options.JournalLimit = 1000);
        var id = world.NextId();

        Assert.Contains("cannot be journalled: NotSupportedException", await FailsAsync(deposits => deposits.PutReplayedWithAsync(id, _ => Task.CompletedTask)), StringComparison.Ordinal);
        Assert.Contains("cannot be journalled: ", await FailsAsync(deposits => deposits.PutPayloadAsync(new Payload(id, "text"))), StringComparison.Ordinal);
        Assert.Contains("1000 are allowed (Fat:JournalLimit)", await FailsAsync(deposits => deposits.PutAndCallAsync(id, new string('x', 1000)).AsTask()), StringComparison.Ordinal);
        await world.NothingLeftAsync();
        Assert.False(await world.Safe.HasAsync(id));

        async Task<string> FailsAsync(Func<IDeposits, Task> work) => Assert.IsType<FatAbortedException>((await world.RunAsync(work)).Error).Reason;
    }

    [Fact]
    public async Task Where_none_is_allowed_the_incident_says_why_there_are_no_arguments()
    {
        await using var world = await HeldWorld.StartAsync(servers, options => options.JournalLimit = 1000);
        var gid = await world.LoseAsync(deposits => deposits.PutWithAsync(world.NextId(), _ => Task.CompletedTask));
        var open = await world.IncidentAsync(gid, FatIncidentState.Open);
        var large = await world.LoseAsync(deposits => deposits.PutOnceAsync(world.NextId(), new string('x', 1000)));
        var other = await world.IncidentAsync(large, FatIncidentState.Open);

        var (first, second) = (await world.Admin.ShowIncidentAsync(gid, open.Branch, Stop), await world.Admin.ShowIncidentAsync(large, other.Branch, Stop));
        Assert.Null(first!.Arguments);
        Assert.Contains("NotSupportedException", first.ArgumentsProblem, StringComparison.Ordinal);
        Assert.Contains("1000 are allowed", second!.ArgumentsProblem, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<FatIncidentRefusedException>(() =>
            world.Admin.ReplayIncidentAsync(gid, open.Branch, open.Version, "me", "because", evenIfNotAllowed: true, Stop));
        Assert.Contains("were not kept", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_branch_of_the_root_is_replayed_though_no_other_process_was_in_the_group()
    {
        await using var world = await HeldWorld.StartAsync(servers);
        var (carries, lost) = (world.NextId(), world.NextId());
        world.Strike.At(FaultPoint.CommitHeld, after: false);
        var result = await world.Safe.RootAsync((_, _) => world.DepositAsync(async deposits =>
        {
            await deposits.PutOnceAsync(carries, "carries");
            await deposits.PutAndCallAsync(lost, "lost");
        }));

        Assert.Null(result.Error);
        await world.IncidentAsync(result.Gid, FatIncidentState.Replayed);
        Assert.True(await world.Safe.HasAsync(carries));
        Assert.True(await world.Safe.HasAsync(lost));
    }

    [Fact]
    public void A_generic_method_cannot_be_replayed()
    {
        var thrown = Assert.Throws<FatConfigurationException>(() => Microsoft.Extensions.DependencyInjection.FatServiceCollectionExtensions
            .AddFat(new Microsoft.Extensions.DependencyInjection.ServiceCollection()).AddTransactional<Generic>());
        Assert.Contains("is generic and cannot be replayed", thrown.Message, StringComparison.Ordinal);
    }

    public class Generic
    {
        [FatTransaction(Replay = true)]
        public virtual Task PutAsync<T>(T what) => Task.CompletedTask;
    }
}
