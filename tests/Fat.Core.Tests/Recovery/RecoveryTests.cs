using Fat.Core.Tests.World;
using Fat.Faults;
using Fat.Hosting;
using Fat.Protocol;
using Fat.Registry;
using Fat.TestServers;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Fat.Core.Tests.Recovery;

/// <summary>What crashes and losses leave behind is finished by itself, and the same way everywhere.</summary>
public sealed class RecoveryTests(Servers servers) : IAsyncLifetime
{
    private readonly RecoveryWorld _world = new(servers);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Service Orders => _world.Orders;

    private Service Stock => _world.Stock;

    private Service Accounts => _world.Accounts;

    public ValueTask InitializeAsync() => _world.InitializeAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_service_that_is_gone_after_its_vote_commits_when_it_is_back()
    {
        var id = _world.NextId();
        var result = await Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            await _world.StopAsync(Stock);
        });

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        Assert.Equal(1, await Orders.QueryAsync<long>($"SELECT count(*) FROM fat_barrier WHERE gid = '{result.Gid}' AND reason = 'committed'"));
        var back = await _world.StartAsync("stock");
        await back.SeesAsync(id, Stop);
        await RowGoneAsync(result.Gid);
    }

    [Fact]
    public async Task A_root_that_is_gone_is_rolled_back_by_its_siblings_and_fenced_when_it_wakes_up()
    {
        var id = _world.NextId();
        var voted = new TaskCompletionSource();
        var wakesUp = new TaskCompletionSource();
        var zombie = Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            voted.SetResult();
            await wakesUp.Task;
        });
        await voted.Task;
        await Orders.StopAsync();

        var sibling = await _world.StartAsync("orders");
        await _world.NothingPreparedAsync(Stock);
        Assert.False(await Stock.HasAsync(id));
        wakesUp.SetResult();

        var error = Assert.IsType<FatAbortedException>((await zombie).Error);
        Assert.Contains("Recovery rolled the group back", error.Reason, StringComparison.Ordinal);
        Assert.False(await sibling.HasAsync(id));
    }

    [Fact]
    public async Task A_root_whose_method_hangs_past_the_groups_time_does_not_keep_its_children_waiting()
    {
        var id = _world.NextId();
        var voted = new TaskCompletionSource();
        var wakesUp = new TaskCompletionSource();
        var hanging = Orders.RootAsync(
            async (items, token) =>
            {
                await items.AddAsync(id, token);
                await Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
                await Accounts.CallAsync((accounts, stop) => accounts.AddAsync(id, stop));
                voted.SetResult();
                await wakesUp.Task;
            },
            new FatServiceRegisterAttribute { TimeoutMilliseconds = 8_000 });

        await voted.Task;
        await _world.NothingPreparedAsync(Stock);
        await _world.NothingPreparedAsync(Accounts);
        Assert.False(hanging.IsCompleted);
        wakesUp.SetResult();

        var result = await hanging;
        Assert.Equal(FatOutcome.RolledBack, result.Outcome);
        Assert.Contains("The group's time", Assert.IsType<FatAbortedException>(result.Error).Reason, StringComparison.Ordinal);
        foreach (var service in new[] { Orders, Stock, Accounts })
            Assert.False(await service.HasAsync(id));
    }

    [Fact]
    public async Task Everything_in_Redis_is_lost_after_the_votes_and_the_group_still_commits()
    {
        var id = _world.NextId();
        var result = await Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            await Accounts.CallAsync((accounts, stop) => accounts.AddAsync(id, stop));
            await _world.FlushAsync();
        });

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        await Stock.SeesAsync(id, Stop);
        await Accounts.SeesAsync(id, Stop);
    }

    [Fact]
    public async Task Everything_in_Redis_is_lost_after_the_decision_and_the_branches_find_it_in_the_barrier()
    {
        var id = _world.NextId();
        var result = await Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            await _world.StopAsync(Stock);
        });
        await _world.PublishedAsync(result.Gid);
        await _world.FlushAsync();

        var back = await _world.StartAsync("stock");
        await back.SeesAsync(id, Stop);
    }

    [Fact]
    public async Task Lost_acknowledgements_are_asked_for_again_until_the_decision_row_can_go()
    {
        var id = _world.NextId();
        var result = await Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            await _world.StopAsync(Stock);
        });
        await CommitPreparedAndDieAsync(Stock);
        await _world.FlushAsync();
        Assert.Equal(1, await RowsAsync(result.Gid));

        // Another instance of the service answers for the one that is gone.
        await _world.StartAsync("stock");
        await RowGoneAsync(result.Gid);
    }

    [Fact]
    public async Task A_group_commits_while_Redis_is_down_and_its_branches_when_Redis_is_back()
    {
        var id = _world.NextId();
        await _world.Redis.KillAsync(Stop);
        var result = await Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
        });

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        Assert.True(await Orders.HasAsync(id));
        Assert.False(await Stock.HasAsync(id));
        await _world.Redis.RestartAsync(keepData: false, Stop);
        await Stock.SeesAsync(id, Stop);
    }

    [Fact]
    public async Task A_request_that_arrives_twice_runs_once()
    {
        var id = _world.NextId();
        var runs = 0;
        var result = await Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            var call = FatContext.BuildRemoteData("stock")!;
            var first = await Stock.HandleAsync(call.Fields, (stock, stop) => AddAsync(stock, stop));
            var second = await Stock.HandleAsync(call.Fields, (stock, stop) => AddAsync(stock, stop));
            Assert.Equal(FatOutcome.RolledBack, second.Outcome);
            call.Answered(first.Reply);
        });

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        Assert.Equal(1, runs);
        await Stock.SeesAsync(id, Stop);

        Task AddAsync(IItems stock, CancellationToken stop)
        {
            runs++;
            return stock.AddAsync(id, stop);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_that_reaches_two_instances_takes_effect_once(bool lose)
    {
        var (id, again) = (_world.NextId(), _world.NextId());
        var other = await _world.StartAsync("stock");
        var result = await Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            var call = FatContext.BuildRemoteData("stock")!;
            var first = await Stock.HandleAsync(call.Fields, (stock, stop) => stock.AddAsync(id, stop));
            if (lose)
                await _world.FlushAsync();
            await other.HandleAsync(call.Fields, (stock, stop) => stock.AddAsync(again, stop));
            call.Answered(first.Reply);
        });

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        await Stock.SeesAsync(id, Stop);
        await _world.NothingPreparedAsync(Stock);
        Assert.False(await Stock.HasAsync(again), "the copy of the request took effect");
    }

    /// <summary>Found by the simulation: the registry heard of the copy first, and told so when the request's own reply had gone.</summary>
    [Fact]
    public async Task A_request_that_has_answered_early_counts_though_the_registry_knew_its_copy_first()
    {
        var (id, again) = (_world.NextId(), _world.NextId());
        var late = new LateRegistration();
        var slow = await _world.StartAsync("stock", configure: fat => fat.Services.Select(service => service.ImplementationInstance).OfType<FatRegistrations>().Single().Faults = late);
        var early = new FatServiceRegisterAttribute { Answer = FatAnswer.Early };
        var result = await Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            var call = FatContext.BuildRemoteData("stock")!;
            await Stock.HandleAsync(call.Fields, (stock, stop) => stock.AddAsync(again, stop), early);
            call.Answered((await slow.HandleAsync(call.Fields, (stock, stop) => stock.AddAsync(id, stop), early)).Reply);
            late.Registers.SetResult();
        });

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        await slow.SeesAsync(id, Stop);
        await _world.NothingPreparedAsync(slow);
        Assert.False(await slow.HasAsync(again), "the copy of the request took effect");
    }

    [Fact]
    public async Task An_overdue_group_that_Redis_has_lost_is_not_decided_again()
    {
        var registry = Orders.Services.GetRequiredService<IGroupRegistry>();
        var service = FatName.Parse("orders", "service");
        var over = GroupId.New(TimeProvider.System.GetUtcNow());
        await registry.IndexOpenAsync(service, [new OpenGroup(over, service, TimeSpan.FromMinutes(-1))], Stop);

        while ((await registry.OverdueAsync(service, 10, Stop)).Count > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Stop);
        Assert.Equal(0, await Orders.QueryAsync<long>($"SELECT count(*) FROM fat_barrier WHERE gid = '{over}'"));
    }

    [Fact]
    public async Task Rows_of_groups_that_Redis_has_lost_do_not_keep_others_from_being_deleted()
    {
        var id = _world.NextId();
        await Orders.QueryAsync<object>(
            """
            INSERT INTO fat_barrier (gid, branch_id, op, barrier_id, reason, payload, create_time)
            SELECT '00000000-0000-7000-8000-' || lpad(i::text, 12, '0'), '00', 'decision', '01', 'committed', '', now() - interval '1 hour' FROM generate_series(1, 1200) AS i
            """);
        var result = await Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
        });

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        await RowGoneAsync(result.Gid);
    }

    private async Task RowGoneAsync(string gid)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await RowsAsync(gid) > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, deadline.Token);
    }

    /// <summary>What a process does that obeys the decision and is killed before it acknowledges.</summary>
    private static async Task CommitPreparedAndDieAsync(Service service)
    {
        await using var connection = new NpgsqlConnection(service.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Stop);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT gid FROM pg_prepared_xacts WHERE database = current_database()";
        command.CommandText = $"COMMIT PREPARED '{await command.ExecuteScalarAsync(Stop)}'";
        await command.ExecuteNonQueryAsync(Stop);
    }

    private Task<long> RowsAsync(string gid) => Orders.QueryAsync<long>($"SELECT count(*) FROM fat_barrier WHERE gid = '{gid}'");

    /// <summary>A service whose registrations are slow.</summary>
    private sealed class LateRegistration : FaultPoints
    {
        public TaskCompletionSource Registers { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override ValueTask BeforeAsync(FaultPoint point, params ReadOnlySpan<GroupId> groups) => point == FaultPoint.Register ? new ValueTask(Registers.Task) : ValueTask.CompletedTask;
    }

    private sealed class RecoveryWorld(Servers servers) : GroupWorld(servers)
    {
        public RedisServer Redis { get; private set; } = null!;

        public override async ValueTask InitializeAsync()
        {
            Redis = await RedisServer.StartAsync();
            await base.InitializeAsync();
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await Redis.DisposeAsync();
        }

        public async Task FlushAsync()
        {
            await using var redis = await Redis.ConnectAsync(Stop);
            await redis.ExecuteAsync(["FLUSHALL"], Stop);
        }

        /// <summary>The decision goes to Redis behind the answer to the client.</summary>
        public async Task PublishedAsync(string gid)
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            await using var redis = await Redis.ConnectAsync(Stop);
            while (await redis.ExecuteAsync(["HGET", $"{KeyPrefix}:{{{gid}}}", "decision"], deadline.Token) as string != "committed")
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, deadline.Token);
        }

        protected override void Configure(FatOptions options)
        {
            base.Configure(options);
            options.Redis.Configuration = Redis.ConnectionString;
            options.Redis.CommandTimeout = TimeSpan.FromSeconds(1);

            // Stopping is to be as sudden as a crash.
            options.ShutdownTimeout = TimeSpan.Zero;
        }
    }
}
