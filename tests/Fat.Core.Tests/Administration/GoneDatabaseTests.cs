using Fat.Coordination;
using Fat.Core.Tests.World;
using Fat.Decisions;
using Fat.Protocol;
using Fat.Recovery;
using Microsoft.Extensions.DependencyInjection;
using static Fat.Core.Tests.Administration.AdminWorld;

namespace Fat.Core.Tests.Administration;

/// <summary>A root's service that is gone for good, and its database with it: the operator says so, and the services agree without it.</summary>
public sealed class GoneDatabaseTests(Servers servers) : IAsyncLifetime
{
    private static readonly FatForceOptions Gone = new() { DecisionDatabaseIsGone = true };

    private readonly AdminWorld _world = new(servers);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Service Stock => _world.Stock;

    private Service Accounts => _world.Accounts;

    public ValueTask InitializeAsync() => _world.InitializeAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(FatDecision.Committed)]
    [InlineData(FatDecision.RolledBack)]
    public async Task With_the_operators_word_it_is_decided_in_a_participants_database(FatDecision decision)
    {
        var id = _world.NextId();
        var group = await AbandonAsync(id);
        await Assert.ThrowsAsync<FatForceRefusedException>(() => Admin(Stock).ForceAsync(group.Gid, decision, "ann", "It is gone.", cancellationToken: Stop));

        var result = await Admin(Stock).ForceAsync(group.Gid, decision, "ann", "It is gone.", Gone, Stop);

        Assert.Equal((decision, true, "stock"), (result.Decision, result.HadEffect, result.DecidedIn));
        await EndedAsync(id, decision == FatDecision.Committed);
        Assert.Equal((1, 0), (await RowsAsync(Stock, group.Gid, "forced"), await RowsAsync(Stock, group.Gid)));
        var text = decision == FatDecision.Committed ? "committed" : "rolledback";
        Assert.Equal($"ann|It is gone.|{text}|decided|{text}", await AuditAsync(Stock, group.Gid));
        Assert.True((await Admin(Stock).ShowAsync(group.Gid, Stop)).Rows[0].WithoutDecisionDatabase);
    }

    [Fact]
    public async Task Operators_of_two_services_agree_through_the_registry()
    {
        for (var round = 0; round < 5; round++)
        {
            var id = _world.NextId();
            var group = await AbandonAsync(id);

            var results = await Task.WhenAll(
                Admin(Stock).ForceAsync(group.Gid, FatDecision.Committed, "ann", "It is gone.", Gone, Stop),
                Admin(Accounts).ForceAsync(group.Gid, FatDecision.RolledBack, "bob", "It is gone.", Gone, Stop));

            Assert.Single(results, result => result.HadEffect);
            var decision = Assert.Single(results.Select(result => result.Decision).Distinct());
            await EndedAsync(id, decision == FatDecision.Committed);
            var (won, lost) = results[0].HadEffect ? (Stock, Accounts) : (Accounts, Stock);
            Assert.Contains("|decided|", await AuditAsync(won, group.Gid), StringComparison.Ordinal);
            Assert.Contains("|none|", await AuditAsync(lost, group.Gid), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_proposal_that_the_registry_overrules_says_so_ever_after()
    {
        var id = _world.NextId();
        var group = await AbandonAsync(id);
        var log = Databases(Stock).DecisionLog!.Forced;
        await log.ProposeAsync(new ForcedDecision(group.Id, DecisionRecord.RolledBack, "bob", "It hangs.", Instance(Stock)), Stop);
        var committed = await Admin(Accounts).ForceAsync(group.Gid, FatDecision.Committed, "ann", "It is gone.", Gone, Stop);

        var result = await Admin(Stock).ForceAsync(group.Gid, FatDecision.RolledBack, "bob", "It hangs.", Gone, Stop);

        Assert.Equal((FatDecision.Committed, false), (result.Decision, result.HadEffect));
        Assert.True(committed.HadEffect);
        await EndedAsync(id, committed: true);
        Assert.Equal("bob|It hangs.|rolledback|none|committed;bob|It hangs.|rolledback|none|committed", await AuditAsync(Stock, group.Gid));
        Assert.Equal(FatDecision.Committed, Assert.Single((await Admin(Stock).ShowAsync(group.Gid, Stop)).Rows.Select(row => row.Decision).Distinct()));
    }

    [Fact]
    public async Task Nobody_obeys_a_proposal_before_the_registry_has_taken_it()
    {
        var id = _world.NextId();
        var group = await AbandonAsync(id);
        var log = Databases(Stock).DecisionLog!.Forced;
        var proposal = new ForcedDecision(group.Id, DecisionRecord.RolledBack, "bob", "It hangs.", Instance(Stock));
        Assert.True((await log.ProposeAsync(proposal, Stop))!.Decided);
        var set = new DecisionRecord(Decision.Committed, [.. (await group.SnapshotAsync())!.Branches.Select(view => view.Branch)]);
        await group.PublishAsync(set);

        var standing = await new ForcedHere(Stock.Services.GetRequiredService<Participant>()).AgreeAsync(log, group.Id, DecisionRecord.RolledBack, Stop);

        Assert.Equal(Decision.Committed, standing!.Decision);
        Assert.Equal("bob|It hangs.|rolledback|none|committed", await AuditAsync(Stock, group.Gid));
        await EndedAsync(id, committed: true);
    }

    [Fact]
    public async Task A_forced_row_whose_process_died_before_it_told_anybody_is_obeyed()
    {
        var id = _world.NextId();
        var group = await AbandonAsync(id);
        await _world.StopAsync(Stock);
        await _world.StopAsync(Accounts);
        var quick = await _world.StartAsync("stock", options => options.WaitCommit = TimeSpan.FromMilliseconds(200));
        var forced = new ForcedDecision(group.Id, DecisionRecord.RolledBack, "ann", "It is gone.", Instance(quick));
        Assert.True((await Databases(quick).DecisionLog!.Forced.ProposeAsync(forced, Stop))!.Decided);

        var accounts = await _world.StartAsync("accounts", options => options.WaitCommit = TimeSpan.FromMilliseconds(200));
        foreach (var service in new[] { quick, accounts })
        {
            await _world.NothingPreparedAsync(service);
            Assert.False(await service.HasAsync(id));
        }
    }

    [Fact]
    public async Task Branches_that_a_crash_left_behind_are_finished_before_the_operator_is_answered()
    {
        var id = _world.NextId();
        var group = await AbandonAsync(id);
        await _world.StopAsync(Stock);
        var back = await _world.StartAsync("stock");
        Assert.False(Assert.Single((await Admin(back).ListInDoubtAsync(cancellationToken: Stop)).Items).IsWaitedFor);

        var result = await Admin(back).ForceAsync(group.Gid, FatDecision.Committed, "ann", "It is gone.", Gone, Stop);

        Assert.Equal(1, result.Finished);
        Assert.Empty((await Admin(back).ListInDoubtAsync(cancellationToken: Stop)).Items);
        Assert.True(await back.HasAsync(id));
        await Accounts.SeesAsync(id, Stop);
    }

    [Fact]
    public async Task The_word_is_refused_where_the_database_is_there_or_the_root_alive_or_the_registry_away()
    {
        var id = _world.NextId();
        var group = await AbandonAsync(id);
        await group.HeartbeatAsync();
        await RefusedAsync(Stock, group, "root is alive");
        await AdminWorld.Registry(Stock).LeaveAsync(group.Root, Stop);
        var own = await _world.AbandonAsync("stock", "stock");
        await RefusedAsync(Stock, own, "is configured in this process");
        await _world.Redis.KillAsync(Stop);
        await RefusedAsync(Stock, group, "through the registry, which is away");

        await _world.Redis.RestartAsync(keepData: false, Stop);
        await UntilAsync(async () => (await Admin(Stock).ShowAsync(group.Gid, Stop)).Unreachable.IsEmpty);
        await Admin(Stock).ForceAsync(group.Gid, FatDecision.RolledBack, "ann", "It is gone.", Gone, Stop);
        await EndedAsync(id, committed: false);
    }

    private static async Task RefusedAsync(Service service, AbandonedGroup group, string reason)
    {
        var refused = await Assert.ThrowsAsync<FatForceRefusedException>(
            () => Admin(service).ForceAsync(group.Gid, FatDecision.RolledBack, "ann", "It is gone.", Gone, Stop));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, await RowsAsync(service, group.Gid, "forced"));
        Assert.Null(await AuditAsync(service, group.Gid));
    }

    private async Task<AbandonedGroup> AbandonAsync(int id)
    {
        var group = await _world.AbandonAsync("billing", "billing");
        await group.CallEarlyAsync(Stock, id);
        await group.CallEarlyAsync(Accounts, id);
        await group.SealAsync();
        return group;
    }

    private async Task EndedAsync(int id, bool committed)
    {
        foreach (var service in new[] { Stock, Accounts })
        {
            await _world.NothingPreparedAsync(service);
            Assert.Equal(committed, await service.HasAsync(id));
        }
    }
}
