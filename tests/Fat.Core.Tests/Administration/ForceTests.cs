using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Fat.Core.Tests.World;
using Fat.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using static Fat.Core.Tests.Administration.AdminWorld;

namespace Fat.Core.Tests.Administration;

/// <summary>A decision that is forced where the decision belongs.</summary>
public sealed class ForceTests(Servers servers) : IAsyncLifetime
{
    private static readonly FatForceOptions NoWork = new() { RootWroteNothing = true };

    private readonly AdminWorld _world = new(servers);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Service Orders => _world.Orders;

    private Service Stock => _world.Stock;

    private Service Accounts => _world.Accounts;

    public ValueTask InitializeAsync() => _world.InitializeAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_forced_roll_back_ends_an_abandoned_group_everywhere()
    {
        var id = _world.NextId();
        var group = await _world.AbandonAsync();
        await group.CallAsync(Stock, id);
        await group.CallAsync(Accounts, id);

        var result = await Admin(Orders).ForceAsync(group.Gid, FatDecision.RolledBack, " ann ", "The host burnt down.", cancellationToken: Stop);

        Assert.Equal((FatDecision.RolledBack, true, "orders", true), (result.Decision, result.HadEffect, result.DecidedIn, result.Published));
        await EndedAsync(id, committed: false);
        Assert.Equal(1, await RowsAsync(Orders, group.Gid));
        Assert.Equal("ann|The host burnt down.|rolledback|decided|rolledback", await AuditAsync(Orders, group.Gid));
        var record = Assert.Single((await Admin(Orders).ListForcedAsync(cancellationToken: Stop)).Items);
        Assert.Equal((group.Gid, "ann", true, Instance(Orders).Text), (record.Gid, record.By, record.HadEffect, record.Instance));
        Assert.Equal(record, Assert.Single((await Admin(Orders).ShowAsync(group.Gid, Stop)).Forced) with { CommitSet = record.CommitSet });
        Assert.Empty((await Admin(Orders).ListOpenAsync(cancellationToken: Stop)).Items);
    }

    [Fact]
    public async Task A_forced_commit_ends_an_abandoned_group_everywhere()
    {
        var id = _world.NextId();
        var group = await _world.AbandonAsync();
        await group.CallEarlyAsync(Stock, id);
        await group.CallEarlyAsync(Accounts, id);
        await group.SealAsync();

        var result = await Admin(Orders).ForceAsync(group.Gid, FatDecision.Committed, "ann", "All is well.", NoWork, Stop);

        Assert.Equal((FatDecision.Committed, true, 2), (result.Decision, result.HadEffect, result.CommitSet.Length));
        await EndedAsync(id, committed: true);
        Assert.Equal("ann|All is well.|committed|decided|committed", await AuditAsync(Orders, group.Gid));
    }

    [Fact]
    public async Task A_forced_commit_of_branches_that_voted_in_replies_needs_their_names()
    {
        var id = _world.NextId();
        var group = await _world.AbandonAsync();
        await group.CallAsync(Stock, id);
        await group.CallAsync(Accounts, id);
        await group.SealAsync();

        await RefusedAsync(group, NoWork, "List the branches");
        var names = new List<FatBranchName>();
        foreach (var service in new[] { Stock, Accounts })
            names.Add(new FatBranchName(Assert.Single((await Admin(service).ListInDoubtAsync(cancellationToken: Stop)).Items).Branch, service.Name));
        var result = await Admin(Orders).ForceAsync(group.Gid, FatDecision.Committed, "ann", "All is well.", NoWork with { Branches = [.. names] }, Stop);

        Assert.True(result.HadEffect);
        await EndedAsync(id, committed: true);
    }

    [Fact]
    public async Task A_commit_that_would_not_be_whole_is_refused()
    {
        var group = await _world.AbandonAsync();
        await group.CallEarlyAsync(Stock, _world.NextId());
        await RefusedAsync(group, NoWork, "does not know all its branches");
        await group.SealAsync();
        await RefusedAsync(group, new FatForceOptions(), "RootWroteNothing");
        await RefusedAsync(group, NoWork with { Branches = [new FatBranchName("1-0000000a-1", "orders")] }, "neither prepared in this service's databases nor written down");
        await group.CallAsync(Accounts, _world.NextId());
        await RefusedAsync(group, NoWork, "accounts, accounts.Child may have branches");
        await group.AskAbortAsync();
        await RefusedAsync(group, NoWork, "No money.");
        await group.HeartbeatAsync();
        await RefusedAsync(group, NoWork, "root is alive");

        await Admin(Orders).ForceAsync(group.Gid, FatDecision.RolledBack, "ann", "No money.", cancellationToken: Stop);
        await _world.NothingPreparedAsync(Stock);
        await _world.NothingPreparedAsync(Accounts);
    }

    [Fact]
    public async Task A_commit_that_is_decided_already_is_not_changed()
    {
        var id = _world.NextId();
        var result = await Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            await _world.StopAsync(Stock);
            await _world.Redis.KillAsync(Stop);
        });
        Assert.Equal(FatOutcome.Committed, result.Outcome);

        // Redis has lost everything: only the row knows.
        var force = await Admin(Orders).ForceAsync(
            result.Gid, FatDecision.RolledBack, "bob", "It hangs.", new FatForceOptions { DecisionDatabase = "orders" }, Stop);

        Assert.Equal((FatDecision.Committed, false, 1, false), (force.Decision, force.HadEffect, force.CommitSet.Length, force.Published));
        Assert.Equal("bob|It hangs.|rolledback|none|committed", await AuditAsync(Orders, result.Gid));
        await _world.Redis.RestartAsync(keepData: false, Stop);
        var back = await _world.StartAsync("stock", options => options.WaitCommit = TimeSpan.FromSeconds(1));
        await back.SeesAsync(id, Stop);
        Assert.True(await Orders.HasAsync(id));
    }

    [Fact]
    public async Task A_roll_back_that_its_root_has_published_is_not_changed()
    {
        var id = _world.NextId();
        var group = await _world.AbandonAsync();
        await group.CallEarlyAsync(Stock, id);
        await group.SealAsync();
        await group.PublishAsync(DecisionRecord.RolledBack);

        var force = await Admin(Orders).ForceAsync(group.Gid, FatDecision.Committed, "bob", "It hangs.", NoWork, Stop);

        Assert.Equal((FatDecision.RolledBack, false), (force.Decision, force.HadEffect));
        await EndedAsync(id, committed: false);
        Assert.Equal(0, await RowsAsync(Orders, group.Gid));
        Assert.Equal("bob|It hangs.|committed|none|rolledback", await AuditAsync(Orders, group.Gid));
    }

    [Fact]
    public async Task Of_two_operators_with_opposite_decisions_one_wins_and_both_learn_it()
    {
        var other = await _world.StartAsync("orders");
        for (var round = 0; round < 5; round++)
        {
            var id = _world.NextId();
            var group = await _world.AbandonAsync();
            await group.CallEarlyAsync(Stock, id);
            await group.CallEarlyAsync(Accounts, id);
            await group.SealAsync();

            var results = await Task.WhenAll(
                Admin(Orders).ForceAsync(group.Gid, FatDecision.Committed, "ann", "All is well.", NoWork, Stop),
                Admin(other).ForceAsync(group.Gid, FatDecision.RolledBack, "bob", "It hangs.", cancellationToken: Stop));

            Assert.Single(results, result => result.HadEffect);
            var decision = Assert.Single(results.Select(result => result.Decision).Distinct());
            Assert.Equal(decision, results.Single(result => result.HadEffect).Asked);
            await EndedAsync(id, decision == FatDecision.Committed);
        }
    }

    [Fact]
    public async Task A_root_that_wakes_up_after_a_forced_roll_back_is_rolled_back()
    {
        var id = _world.NextId();
        var (voted, wakesUp) = (new TaskCompletionSource<string>(), new TaskCompletionSource());
        var zombie = Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            voted.SetResult(FatContext.Current!.Gid);
            await wakesUp.Task;
        });
        var gid = await voted.Task;
        await Orders.StopAsync();
        var sibling = await _world.StartAsync("orders");

        Assert.True((await Admin(sibling).ForceAsync(gid, FatDecision.RolledBack, "ann", "It is gone.", cancellationToken: Stop)).HadEffect);
        await _world.NothingPreparedAsync(Stock);
        wakesUp.SetResult();

        Assert.IsType<FatAbortedException>((await zombie).Error);
        Assert.False(await sibling.HasAsync(id));
        Assert.False(await Stock.HasAsync(id));
    }

    [Fact]
    public async Task A_root_that_is_writing_its_decision_is_not_forced()
    {
        var id = _world.NextId();
        var group = await _world.AbandonAsync();
        await group.CallAsync(Stock, id);
        await using var connection = new NpgsqlConnection(Orders.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Stop);
        await using var transaction = await connection.BeginTransactionAsync(Stop);
        await using var command = connection.CreateCommand();
        command.CommandText = $"INSERT INTO fat_barrier (gid, branch_id, op, barrier_id, reason, payload) VALUES ('{group.Gid}', '00', 'decision', '01', 'committed', '')";
        await command.ExecuteNonQueryAsync(Stop);

        var refused = await Assert.ThrowsAsync<FatForceRefusedException>(
            () => Admin(Orders).ForceAsync(group.Gid, FatDecision.RolledBack, "ann", "It hangs.", cancellationToken: Stop));
        Assert.Contains("is writing the decision", refused.Message, StringComparison.Ordinal);
        await transaction.RollbackAsync(Stop);

        Assert.True((await Admin(Orders).ForceAsync(group.Gid, FatDecision.RolledBack, "ann", "It hangs.", cancellationToken: Stop)).HadEffect);
        await _world.NothingPreparedAsync(Stock);
    }

    [Fact]
    public async Task What_cannot_be_recorded_is_not_decided()
    {
        var group = await _world.AbandonAsync();
        await group.CallAsync(Stock, _world.NextId());
        await Orders.QueryAsync<object>("ALTER TABLE fat_audit RENAME TO away");

        await Assert.ThrowsAsync<FatForceRefusedException>(
            () => Admin(Orders).ForceAsync(group.Gid, FatDecision.RolledBack, "ann", "It hangs.", cancellationToken: Stop));
        Assert.Equal(0, await RowsAsync(Orders, group.Gid));
        Assert.Null((await group.SnapshotAsync())!.Decision);

        await Orders.QueryAsync<object>("ALTER TABLE away RENAME TO fat_audit");
        Assert.True((await Admin(Orders).ForceAsync(group.Gid, FatDecision.RolledBack, "ann", "It hangs.", cancellationToken: Stop)).HadEffect);
        await _world.NothingPreparedAsync(Stock);
    }

    [Fact]
    public async Task It_is_logged_with_who_and_why_and_counted()
    {
        var counted = new ConcurrentQueue<string>();
        using var meter = new MeterListener();
        meter.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "fat.forced")
                listener.EnableMeasurementEvents(instrument);
        };
        meter.SetMeasurementEventCallback<long>((_, count, tags, _) => counted.Enqueue($"{count} {string.Join(' ', tags.ToArray().Select(tag => tag.Value))}"));
        meter.Start();
        using var log = new LogLines();
        var logging = await _world.StartAsync("logging", configure: fat => fat.Services.AddSingleton<ILoggerProvider>(log));
        var group = await _world.AbandonAsync("logging", "logging");

        await Admin(logging).ForceAsync(group.Gid, FatDecision.RolledBack, "ann", "It hangs.", cancellationToken: Stop);

        Assert.Contains("1 logging rolled_back decided", counted);
        var line = Assert.Single(log.Lines, line => line.Contains(group.Gid, StringComparison.Ordinal) && line.StartsWith("Warning 601", StringComparison.Ordinal));
        Assert.Contains("by ann (It hangs.)", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "why")]
    [InlineData("  ", "why")]
    [InlineData("who", "")]
    [InlineData("who", " \t")]
    [InlineData("who", null)]
    public async Task Nobody_forces_without_saying_who_and_why(string by, string? reason)
    {
        var group = await _world.AbandonAsync();

        await Assert.ThrowsAnyAsync<ArgumentException>(() => Admin(Orders).ForceAsync(group.Gid, FatDecision.RolledBack, by, reason!, cancellationToken: Stop));
        await Assert.ThrowsAnyAsync<ArgumentException>(
            () => Admin(Orders).ForceAsync(group.Gid, FatDecision.RolledBack, new string('x', 201), "why", cancellationToken: Stop));

        Assert.Equal(0, await RowsAsync(Orders, group.Gid));
        Assert.Null((await group.SnapshotAsync())!.Decision);
    }

    [Fact]
    public async Task A_group_is_forced_where_it_is_decided()
    {
        var group = await _world.AbandonAsync();
        await group.CallAsync(Stock, _world.NextId());

        var elsewhere = await Assert.ThrowsAsync<FatForceRefusedException>(
            () => Admin(Stock).ForceAsync(group.Gid, FatDecision.RolledBack, "ann", "It hangs.", cancellationToken: Stop));
        Assert.Contains("database 'orders' of service orders", elsewhere.Message, StringComparison.Ordinal);
        Assert.Equal(0, await RowsAsync(Stock, group.Gid));
        await Assert.ThrowsAsync<FatForceRefusedException>(
            () => Admin(Orders).ForceAsync("019a8f6e-0000-7000-8000-000000000001", FatDecision.RolledBack, "ann", "It hangs.", cancellationToken: Stop));

        await Admin(Orders).ForceAsync(group.Gid, FatDecision.RolledBack, "ann", "It hangs.", cancellationToken: Stop);
        await _world.NothingPreparedAsync(Stock);
    }

    [Theory]
    [InlineData(FatDecision.Committed)]
    [InlineData(FatDecision.RolledBack)]
    public async Task A_group_without_a_decision_database_is_forced_in_the_registry(FatDecision decision)
    {
        var id = _world.NextId();
        var group = await _world.AbandonAsync("gateway", "-");
        await group.CallEarlyAsync(Stock, id);
        await group.CallEarlyAsync(Accounts, id);
        await group.SealAsync();

        var result = await Admin(Stock).ForceAsync(group.Gid, decision, "ann", "It is gone.", NoWork, Stop);
        var opposite = await Admin(Accounts).ForceAsync(
            group.Gid, decision == FatDecision.Committed ? FatDecision.RolledBack : FatDecision.Committed, "bob", "No.", NoWork, Stop);

        Assert.Equal((decision, true, "registry"), (result.Decision, result.HadEffect, result.DecidedIn));
        Assert.Equal((decision, false), (opposite.Decision, opposite.HadEffect));
        await EndedAsync(id, decision == FatDecision.Committed);
        Assert.Contains("|decided|", await AuditAsync(Stock, group.Gid), StringComparison.Ordinal);
        Assert.Contains("|none|", await AuditAsync(Accounts, group.Gid), StringComparison.Ordinal);
    }

    private async Task RefusedAsync(AbandonedGroup group, FatForceOptions options, string reason)
    {
        var refused = await Assert.ThrowsAsync<FatForceRefusedException>(
            () => Admin(Orders).ForceAsync(group.Gid, FatDecision.Committed, "ann", "All is well.", options, Stop));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, await RowsAsync(Orders, group.Gid));
        Assert.Null(await AuditAsync(Orders, group.Gid));
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
