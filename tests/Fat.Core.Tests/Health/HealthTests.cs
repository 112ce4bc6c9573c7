using Fat.Coordination;
using Fat.Core.Tests.Trouble;
using Fat.Health;
using Fat.TestServers;

namespace Fat.Core.Tests.Health;

/// <summary>Real servers stop, hang and come back, and health says so, and of what.</summary>
public sealed class HealthTests(HealthWorld world) : IClassFixture<HealthWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_part_is_asked_for_and_told()
    {
        await world.WellAsync();
        var report = await HealthWorld.CheckAsync(world.Service);

        Assert.Equal(["registry", "inbox", "loops", "database:health", "database:archive", "in-doubt", "incidents"], report.Parts.Select(part => part.Name));
        Assert.All(report.Parts, part => Assert.NotEmpty(part.What));
        Assert.All(report.Parts.Where(part => part.Name == "registry" || part.Name.StartsWith("database:", StringComparison.Ordinal)), part => Assert.True(part.Took > TimeSpan.Zero));
        Assert.Contains("prepares transactions", Part(report, "database:health").What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redis_is_down_and_then_nobody_hears_decisions()
    {
        await world.WellAsync();
        await world.Redis.StrikeAsync(RedisTrouble.Down);

        var down = await HealthWorld.UntilAsync(world.Service, "registry", FatHealthState.Unhealthy);
        Assert.Equal(FatHealthState.Unhealthy, down.State);
        Assert.Equal(FatHealthState.Healthy, Part(down, "database:health").State);
        await HealthWorld.UntilAsync(world.Service, "inbox", FatHealthState.Degraded);
        await HealthWorld.UntilAsync(world.Service, "loops", FatHealthState.Degraded, "'presence' fails");
        await HealthWorld.UntilAsync(world.Service, "inbox", FatHealthState.Unhealthy);

        await world.Redis.HealAsync();
        await world.WellAsync();
    }

    [Theory]
    [InlineData(RedisTrouble.ReadOnly)]
    [InlineData(RedisTrouble.OutOfMemory)]
    public async Task Redis_can_be_read_and_not_be_written(RedisTrouble trouble)
    {
        await world.WellAsync();
        await world.Redis.StrikeAsync(trouble);
        Assert.Equal(FatHealthState.Unhealthy, Part(await HealthWorld.UntilAsync(world.Service, "registry", FatHealthState.Unhealthy), "registry").State);
        await world.Redis.HealAsync();
        await world.WellAsync();
    }

    [Fact]
    public async Task Redis_that_hangs_gives_an_answer_in_time()
    {
        await world.WellAsync();
        await world.Redis.StrikeAsync(RedisTrouble.Unreachable);
        var began = TimeProvider.System.GetTimestamp();
        var report = await HealthWorld.CheckAsync(world.Service);
        var took = TimeProvider.System.GetElapsedTime(began);

        Assert.Equal(FatHealthState.Unhealthy, Part(report, "registry").State);
        Assert.True(took < HealthWorld.Timeout + TroubleWorld.Slack, $"the answer took {took}");
        await world.Redis.HealAsync();
        await world.WellAsync();
    }

    [Fact]
    public async Task A_service_that_does_not_need_Redis_may_call_its_loss_degraded()
    {
        await using var service = await world.StartAsync("tolerant", options => options.Health.RegistryAway = FatHealthState.Degraded);
        await HealthWorld.UntilAsync(service, "registry", FatHealthState.Healthy);
        await world.Redis.StrikeAsync(RedisTrouble.ReadOnly);
        await HealthWorld.UntilAsync(service, "registry", FatHealthState.Degraded);
        await world.Redis.HealAsync();
        await HealthWorld.UntilAsync(service, "registry", FatHealthState.Healthy);
    }

    [Fact]
    public async Task PostgreSQL_is_stopped_and_started_again()
    {
        await world.WellAsync();
        await world.Postgres.StopImmediateAsync(Stop);

        var down = await HealthWorld.UntilAsync(world.Service, "database:health", FatHealthState.Unhealthy);
        Assert.Equal(FatHealthState.Unhealthy, Part(down, "database:archive").State);
        Assert.Equal(FatHealthState.Healthy, Part(down, "registry").State);
        Assert.Equal(FatHealthState.Degraded, Part(down, "in-doubt").State);
        Assert.Contains("Not known of health, archive", Part(down, "in-doubt").What, StringComparison.Ordinal);

        await world.Postgres.StartAgainAsync(Stop);
        await world.WellAsync();
    }

    [Fact]
    public async Task PostgreSQL_that_hangs_gives_an_answer_in_time()
    {
        await world.WellAsync();
        world.Route.BlackHole();
        for (var i = 0; i < 3; i++)
        {
            var began = TimeProvider.System.GetTimestamp();
            var report = await HealthWorld.CheckAsync(world.Service);
            var took = TimeProvider.System.GetElapsedTime(began);
            Assert.Equal(FatHealthState.Unhealthy, Part(report, "database:health").State);
            Assert.Contains("Fat:Health:Timeout", Part(report, "database:health").What, StringComparison.Ordinal);
            Assert.True(took < HealthWorld.Timeout + TroubleWorld.Slack, $"the answer took {took}");
        }

        await world.Route.HealAsync(Stop);
        await world.WellAsync();
    }

    [Fact]
    public async Task A_branch_in_doubt_grows_old_and_is_settled()
    {
        await world.WellAsync();
        var gid = Guid.CreateVersion7();
        var name = $"fat:{gid}:1-00000001-1:nobody:nowhere";
        await world.ExecuteAsync("health", $"BEGIN; INSERT INTO items VALUES ({1_000_000}, 'in doubt'); PREPARE TRANSACTION '{name}'");
        try
        {
            var degraded = await HealthWorld.UntilAsync(world.Service, "in-doubt", FatHealthState.Degraded);
            Assert.Equal(FatHealthState.Degraded, degraded.State);
            Assert.Contains(gid.ToString(), Part(degraded, "in-doubt").What, StringComparison.Ordinal);
            Assert.Equal(FatHealthState.Unhealthy, (await HealthWorld.UntilAsync(world.Service, "in-doubt", FatHealthState.Unhealthy)).State);
        }
        finally
        {
            await world.ExecuteAsync("health", $"ROLLBACK PREPARED '{name}'");
        }

        await world.WellAsync();
    }

    [Fact]
    public async Task Incidents_are_counted_until_they_are_closed()
    {
        await using var service = await world.StartAsync("holding", database: database => database.Held = true);
        await HealthWorld.UntilAsync(service, "incidents", FatHealthState.Healthy);
        await world.ExecuteAsync("health", Incident(1));
        var one = await HealthWorld.UntilAsync(service, "incidents", FatHealthState.Degraded);
        Assert.StartsWith("1 ", Part(one, "incidents").What, StringComparison.Ordinal);
        await world.ExecuteAsync("health", Incident(2));
        await HealthWorld.UntilAsync(service, "incidents", FatHealthState.Unhealthy);
        await world.ExecuteAsync("health", "UPDATE fat_journal SET state = 'closed'");
        await HealthWorld.UntilAsync(service, "incidents", FatHealthState.Healthy);

        static string Incident(int number) =>
            $"""
             INSERT INTO fat_journal (gid, branch_id, service, database_name, instance, root_service, decision_database, call_service, call_method, call_name, replay, state, reason)
             VALUES ('{Guid.CreateVersion7()}', '01-0000000{number}-1', 'holding', 'holding', 'holding~000000000001', 'orders', 'orders', 'Till', 'Pay', 'Till.Pay', 0, 'open', 'by hand')
             """;
    }

    [Fact]
    public async Task A_server_that_does_not_prepare_is_degraded_unless_that_is_meant()
    {
        await using var plain = await PostgresServer.StartAsync(new PostgresServerOptions { Fsync = false, MaxPreparedTransactions = 0 }, Stop);
        await using (var unaware = await world.StartAsync("unaware", postgres: plain))
        {
            var report = await HealthWorld.UntilAsync(unaware, "database:unaware", FatHealthState.Degraded);
            Assert.Contains("max_prepared_transactions", Part(report, "database:unaware").What, StringComparison.Ordinal);
        }

        await using var aware = await world.StartAsync("aware", postgres: plain, database: database => database.Held = true);
        await HealthWorld.UntilAsync(aware, "database:aware", FatHealthState.Healthy);
    }

    [Fact]
    public async Task A_loop_that_is_stuck_is_named_until_it_goes_on()
    {
        await world.WellAsync();
        var goesOn = new TaskCompletionSource();
        var turns = 0;
        await using (PeriodicLoop.Start("a stuck one", TimeSpan.FromMilliseconds(50), _ => Interlocked.Increment(ref turns) == 1 ? goesOn.Task : Task.CompletedTask, world.Participant.Node, isVital: true))
        {
            var degraded = await HealthWorld.UntilAsync(world.Service, "loops", FatHealthState.Degraded);
            Assert.Contains("'a stuck one' is stuck", Part(degraded, "loops").What, StringComparison.Ordinal);
            Assert.Equal(FatHealthState.Unhealthy, (await HealthWorld.UntilAsync(world.Service, "loops", FatHealthState.Unhealthy)).State);
            goesOn.SetResult();
            await world.WellAsync();
        }
    }

    [Fact]
    public async Task An_inbox_that_has_ended_is_missed()
    {
        await using var service = await world.StartAsync("deaf");
        await HealthWorld.UntilAsync(service, "inbox", FatHealthState.Healthy);
        var node = ((Participant)service.Services.GetService(typeof(Participant))!).Node;
        await Assert.Single(node.Loops.All.OfType<DecisionInbox>()).DisposeAsync();

        var report = await HealthWorld.CheckAsync(service);
        Assert.Equal(FatHealthState.Unhealthy, Part(report, "inbox").State);
        Assert.Equal(FatHealthState.Healthy, Part(report, "registry").State);
    }

    [Fact]
    public async Task A_process_that_stops_says_so()
    {
        await using var service = await world.StartAsync("leaving");
        await HealthWorld.UntilAsync(service, "registry", FatHealthState.Healthy);
        await service.StopAsync();
        var part = Assert.Single((await HealthWorld.CheckAsync(service)).Parts);
        Assert.Equal(("service", FatHealthState.Unhealthy), (part.Name, part.State));
    }

    [Fact]
    public async Task Questions_at_the_same_time_share_one_look()
    {
        var (looks, answer) = (0, new TaskCompletionSource<int>());
        var probe = new Probe<int>(_ => Interlocked.Increment(ref looks) == 1 ? answer.Task : Task.FromResult(8), TimeSpan.FromSeconds(30), world.Participant.Node);
        var asked = Enumerable.Range(0, 20).Select(_ => probe.AskAsync(Stop)).ToList();
        answer.SetResult(7);

        Assert.All(await Task.WhenAll(asked), sight => Assert.Equal((7, null), (sight.Result, sight.Problem)));
        Assert.Equal(1, looks);
        Assert.Equal(8, (await probe.AskAsync(Stop)).Result);
    }

    [Fact]
    public async Task A_look_that_hangs_whatever_its_token_says_is_not_repeated_until_it_ends()
    {
        var (looks, answer) = (0, new TaskCompletionSource<int>());
        var probe = new Probe<int>(_ => Interlocked.Increment(ref looks) == 1 ? answer.Task : Task.FromResult(8), TimeSpan.FromMilliseconds(200), world.Participant.Node);

        Assert.NotNull((await probe.AskAsync(Stop)).Problem);
        Assert.NotNull((await probe.AskAsync(Stop)).Problem);
        Assert.Equal(1, looks);
        answer.SetResult(7);
        await TroubleWorld.UntilAsync(async () => (await probe.AskAsync(Stop)).Result == 8);
    }

    private static FatHealthPart Part(FatHealthReport report, string name) => report.Parts.Single(part => part.Name == name);
}
