using System.Net;
using Fat.Testing.Tests.Shop;

namespace Fat.Testing.Tests;

/// <summary>Two services over HTTP: their stores agree, whatever goes wrong.</summary>
public sealed class TwoServicesTests : IAsyncLifetime
{
    private ShopCluster _shop = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private FatTestCluster Fat => _shop.Fat;

    public async ValueTask InitializeAsync() => _shop = await ShopCluster.StartAsync();

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task A_group_commits_in_both()
    {
        using var answer = await _shop.OrderAsync("1");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var group = await Fat.Groups.CommittedAsync(Stop);
        Assert.Equal(FatOutcome.Committed, group.Outcome);
        Assert.Equal("orders", group.Service);
        Assert.Equal(FatVote.Prepared, group.BranchOf("stock").Vote);
        Assert.Equal("Stock.ReserveAsync", group.BranchOf("stock").Method);
        Assert.Equal(FatVote.Pending, group.BranchOf("orders").Vote);
        Agree(placed: true);
    }

    [Fact]
    public async Task A_group_rolls_back_in_both_and_tells_why()
    {
        using var answer = await _shop.OrderAsync("1", count: 11);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        var group = await Fat.Groups.RolledBackAsync("fewer than 11 pieces", Stop);
        Assert.Equal(("stock", "Stock.ReserveAsync"), (group.FailedService, group.FailedMethod));
        Agree(placed: false);
    }

    [Fact]
    public async Task Synchronous_calls_reach_the_services_and_their_faults()
    {
        using (var answer = _shop.BlockingOrder("1"))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Fat.Groups.CommittedAsync(Stop);
        Agree(placed: true);

        Fat.Groups.Forget();
        Fat.Faults.LoseReply("stock");
        using (var answer = _shop.BlockingOrder("2"))
            Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        await Fat.Groups.RolledBackAsync("connection to stock broke", Stop);
        Agree(placed: true);
    }

    [Fact]
    public async Task A_service_that_is_killed_after_its_vote_commits_when_it_runs_again()
    {
        var fault = Fat.Faults.KillAfterVote("stock");
        using var answer = await _shop.OrderAsync("1");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(fault.HasStruck);
        Assert.False(_shop.Stock.IsRunning);
        Assert.Single(_shop.Stock.Database.InDoubt);
        Assert.Equal(10, _shop.Tea);

        await _shop.Stock.StartAsync(Stop);
        await Fat.Groups.CommittedAsync(Stop);
        Assert.Empty(_shop.Stock.Database.InDoubt);
        Agree(placed: true);
    }

    [Fact]
    public async Task A_service_that_is_killed_after_its_vote_rolls_back_if_that_is_decided()
    {
        Fat.Faults.KillAfterVote("stock");
        Fat.Faults.RollBack("orders", "no more orders today");
        using var answer = await _shop.OrderAsync("1");

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Single(_shop.Stock.Database.InDoubt);

        await _shop.Stock.StartAsync(Stop);
        await Fat.Groups.RolledBackAsync("no more orders today", Stop);
        Agree(placed: false);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_service_that_is_killed_before_anybody_knows_its_vote_rolls_the_group_back(bool prepared)
    {
        var fault = prepared ? Fat.Faults.KillAfterPrepare("stock") : Fat.Faults.KillBeforeVote("stock");
        using var answer = await _shop.OrderAsync("1");

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal(1, fault.Strikes);
        Assert.Equal(prepared ? 1 : 0, _shop.Stock.Database.InDoubt.Count);

        await _shop.Stock.StartAsync(Stop);
        await Fat.Groups.RolledBackAsync("was killed", Stop);
        Agree(placed: false);
    }

    [Fact]
    public async Task A_root_that_is_killed_before_it_decides_rolls_back_when_it_runs_again()
    {
        Fat.Faults.KillBeforeDecision("orders");
        await Assert.ThrowsAsync<HttpRequestException>(() => _shop.OrderAsync("1"));
        Assert.Single(_shop.Stock.Database.InDoubt);

        await _shop.Orders.StartAsync(Stop);
        var group = await Fat.Groups.RolledBackAsync(cancellationToken: Stop);
        Assert.Null(group.Outcome);
        Agree(placed: false);
    }

    [Fact]
    public async Task A_root_that_is_killed_after_it_has_decided_commits()
    {
        Fat.Faults.KillAfterDecision("orders");
        await Assert.ThrowsAsync<HttpRequestException>(() => _shop.OrderAsync("1"));

        await _shop.Orders.StartAsync(Stop);
        await Fat.Groups.CommittedAsync(Stop);
        Agree(placed: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_service_that_is_killed_around_its_commit_has_committed_when_it_runs_again(bool before)
    {
        var fault = before ? Fat.Faults.KillBeforeCommit("stock") : Fat.Faults.KillAfterCommit("stock");
        using var answer = await _shop.OrderAsync("1");
        await fault.StruckAsync(Stop);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(before ? 10 : 7, _shop.Tea);
        await _shop.Stock.StartAsync(Stop);
        await Fat.Groups.CommittedAsync(Stop);
        Agree(placed: true);
    }

    [Fact]
    public async Task A_lost_reply_rolls_the_group_back_though_the_service_has_voted()
    {
        Fat.Faults.LoseReply("stock");
        using var answer = await _shop.OrderAsync("1");

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        var group = await Fat.Groups.RolledBackAsync("connection to stock broke", Stop);
        Assert.Equal(FatVote.Prepared, group.BranchOf("stock").Vote);
        Agree(placed: false);
    }

    [Fact]
    public async Task A_lost_request_rolls_the_group_back_and_the_service_never_hears_of_it()
    {
        Fat.Faults.LoseRequest("stock");
        using var answer = await _shop.OrderAsync("1");

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        var group = await Fat.Groups.RolledBackAsync("before the request was sent", Stop);
        Assert.DoesNotContain(group.Branches, branch => branch.Service == "stock");
        Agree(placed: false);
    }

    [Fact]
    public async Task A_decision_whose_answer_is_lost_is_looked_up_and_stands()
    {
        Fat.Faults.LoseDecisionAnswer("orders");
        using var answer = await _shop.OrderAsync("1");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var group = await Fat.Groups.CommittedAsync(Stop);
        Assert.Contains(group.Events, happened => happened.Text == "does not know whether the decision is written");
        Agree(placed: true);
    }

    [Fact]
    public async Task The_decision_survives_a_Redis_that_loses_everything()
    {
        var published = Fat.Faults.FailBefore("orders", FatTestPoint.Publish).Always();
        using var answer = await _shop.OrderAsync("1");
        Fat.Faults.LoseRedis();
        published.Remove();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Fat.Groups.CommittedAsync(Stop);
        Agree(placed: true);
    }

    [Fact]
    public async Task A_group_commits_while_Redis_is_away()
    {
        Fat.Faults.TakeRedisAway();
        using var answer = await _shop.OrderAsync("1");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var group = Assert.Single(Fat.Groups.All);
        Assert.Equal(FatDecision.Committed, group.Decision);
        Assert.Equal(FatTestState.Prepared, group.BranchOf("stock").State);

        Fat.Faults.BringRedisBack();
        await Fat.Groups.CommittedAsync(Stop);
        Agree(placed: true);
    }

    [Fact]
    public async Task A_database_that_is_away_holds_up_nobody_else_and_obeys_when_it_is_back()
    {
        var away = Fat.Faults.Before("stock", FatTestPoint.CommitPrepared, () =>
        {
            _shop.Stock.Database.GoAway();
            return Task.CompletedTask;
        });
        using var answer = await _shop.OrderAsync("1");
        await away.StruckAsync(Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Single(_shop.Stock.Database.InDoubt);

        _shop.Stock.Database.ComeBack();
        await Fat.Groups.CommittedAsync(Stop);
        Agree(placed: true);
    }

    [Fact]
    public async Task A_time_out_comes_without_waiting_for_it()
    {
        var began = Fat.Clock.GetTimestamp();
        var slow = Fat.Faults.Slow("stock", TimeSpan.FromMinutes(5));
        var ordering = _shop.OrderAsync("1");
        await slow.StruckAsync(Stop);
        Fat.Clock.Advance(TimeSpan.FromSeconds(4));
        using var answer = await ordering;

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        await Fat.Groups.RolledBackAsync("No result within 3000 ms (WaitResult)", Stop);
        Agree(placed: false);

        // Besides what it was moved by the clock has not come to WaitResult: that would be half a minute of the machine's.
        Assert.True(Fat.Clock.GetElapsedTime(began) - Fat.Clock.Ahead < TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task What_holds_lets_a_test_look_at_a_group_in_doubt()
    {
        var held = Fat.Faults.HoldBefore("orders", FatTestPoint.Decide);
        var ordering = _shop.OrderAsync("1");
        await held.StruckAsync(Stop);

        var group = Assert.Single(Fat.Groups.All);
        Assert.Null(group.Decision);
        Assert.False(group.IsOver);
        Assert.Equal(FatTestState.Prepared, group.BranchOf("stock").State);
        Assert.Equal(10, _shop.Tea);

        held.Release();
        using var answer = await ordering;
        await Fat.Groups.CommittedAsync(Stop);
        Agree(placed: true);
    }

    /// <summary>Each store by what it holds, not by what the group says.</summary>
    private void Agree(bool placed)
    {
        Assert.Equal(placed ? 7 : 10, _shop.Tea);
        Assert.Equal(placed ? ["1"] : [], _shop.Placed.Keys);
        Assert.Empty(_shop.Stock.Database.InDoubt);
        Assert.Empty(_shop.Orders.Database.InDoubt);
    }
}
