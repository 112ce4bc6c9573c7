using System.Diagnostics;
using Fat.Core.Tests.World;
using Fat.Diagnostics;

namespace Fat.Core.Tests.Telemetry;

/// <summary>A group is one trace, from its root to the commit of every branch, whoever finishes it.</summary>
[Collection(typeof(TelemetryCollection))]
public sealed class TraceTests(GroupWorld world) : IClassFixture<GroupWorld>, IDisposable
{
    private readonly Spans _spans = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _spans.Dispose();

    [Fact]
    public async Task A_committed_group_is_one_trace_from_its_root_to_the_commit_of_every_branch()
    {
        var id = world.NextId();
        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await world.Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            await world.Accounts.CallAsync((accounts, _) => accounts.CountAsync());
        });

        var spans = await _spans.UntilAsync(result.Gid, "fat.commit");
        Assert.Single(spans.Select(span => span.TraceId).Distinct());
        Assert.Equal(
            """
            fat.group orders committed
              fat.branch orders
              fat.decide committed
              fat.scope accounts answered
                fat.branch accounts
                  fat.prepare read_only
              fat.scope stock answered
                fat.branch stock
                  fat.commit
                  fat.prepare prepared
            """,
            Spans.Tree(spans));
    }

    [Fact]
    public async Task Votes_that_go_through_the_registry_are_spans_of_their_branches()
    {
        var id = world.NextId();
        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await world.Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop), new FatServiceRegisterAttribute { Answer = FatAnswer.Early });
        });

        await _spans.UntilAsync(result.Gid, "fat.commit");
        var spans = (await _spans.UntilAsync(result.Gid, "fat.vote")).Where(span => span.OperationName != "fat.wait_votes").ToList();
        Assert.Equal(
            """
            fat.group orders committed
              fat.branch orders
              fat.decide committed
              fat.scope stock answered
                fat.branch stock
                  fat.commit
                  fat.prepare prepared
                  fat.vote
            """,
            Spans.Tree(spans));
    }

    [Fact]
    public async Task A_rolled_back_group_says_why_wherever_it_failed()
    {
        var id = world.NextId();
        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await world.Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            await world.Accounts.CallAsync((accounts, _) => accounts.AddThenFailAsync(id));
        });

        var spans = await _spans.UntilAsync(result.Gid, "fat.rollback");
        Assert.Single(spans.Select(span => span.TraceId).Distinct());
        Assert.Equal(
            """
            fat.group orders rolled_back ! rolled_back: InvalidOperationException: Out of stock.
              fat.branch orders
              fat.scope accounts rolled_back ! rolled_back: InvalidOperationException: Out of stock.
                fat.branch accounts ! System.InvalidOperationException: Out of stock.
              fat.scope stock answered
                fat.branch stock
                  fat.prepare prepared
                  fat.rollback
            """,
            Spans.Tree(spans));
    }

    [Fact]
    public void A_group_in_doubt_is_an_error_that_says_so()
    {
        var gid = Guid.CreateVersion7().ToString();
        var span = FatActivity.StartScope(isRoot: true, "POST /orders", caller: null)!;
        FatActivity.Ended(span, new FatScopeResult(FatOutcome.InDoubt, new FatInDoubtException(gid, "the connection was lost"), new Dictionary<string, string>(StringComparer.Ordinal), gid), Redaction.None);
        span.Dispose();

        Assert.Equal((ActivityStatusCode.Error, "in_doubt", "in_doubt"), (span.Status, span.GetTagItem("fat.outcome"), span.GetTagItem("error.type")));
        Assert.Contains("the connection was lost", span.StatusDescription, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_branch_that_recovery_finishes_is_in_the_trace_of_its_group()
    {
        var id = world.NextId();
        var child = await world.StartAsync("reborn");
        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await child.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            await world.StopAsync(child);
        });
        Assert.Equal(FatOutcome.Committed, result.Outcome);
        var back = await world.StartAsync("reborn");
        await back.SeesAsync(id, Stop);

        var spans = await _spans.UntilAsync(result.Gid, "fat.recover");
        Assert.Single(spans.Select(span => span.TraceId).Distinct());
        Assert.Equal(
            """
            fat.group orders committed
              fat.branch orders
              fat.decide committed
              fat.scope reborn answered
                fat.branch reborn
                  fat.prepare prepared
            """,
            Spans.Tree([.. spans.Where(span => span.OperationName != "fat.recover")]));
        var recovered = Assert.Single(spans, span => span.OperationName == "fat.recover");
        Assert.Equal("committed", recovered.GetTagItem("fat.decision"));
        Assert.Equal(ActivityStatusCode.Unset, recovered.Status);

        // Whichever of the two scopes told the registry first.
        Assert.Contains(recovered.ParentSpanId, spans.Where(span => span.OperationName is "fat.group" or "fat.scope").Select(span => span.SpanId));
    }

    [Fact]
    public async Task A_group_that_recovery_decides_is_decided_in_its_trace()
    {
        var id = world.NextId();
        var voted = new TaskCompletionSource();
        var wakesUp = new TaskCompletionSource();
        var root = await world.StartAsync("absent", options => options.ShutdownTimeout = TimeSpan.Zero);
        var zombie = root.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await world.Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            voted.SetResult();
            await wakesUp.Task;
        });
        await voted.Task;
        await root.StopAsync();
        await world.StartAsync("absent");
        await world.NothingPreparedAsync(world.Stock);
        wakesUp.SetResult();
        var result = await zombie;

        await _spans.UntilAsync(result.Gid, "fat.rollback");
        var spans = await _spans.UntilAsync(result.Gid, "fat.resolve");
        Assert.Single(spans.Select(span => span.TraceId).Distinct());
        Assert.All(spans.Where(span => span.OperationName == "fat.resolve"), span => Assert.Equal("rolled_back", span.GetTagItem("fat.decision")));
        var branch = Assert.Single(spans, span => span.OperationName == "fat.branch" && span.GetTagItem("fat.service") is "stock");
        Assert.Equal(branch.SpanId, Assert.Single(spans, span => span.OperationName == "fat.rollback").ParentSpanId);
        Assert.Equal(ActivityStatusCode.Error, Assert.Single(spans, span => span.OperationName == "fat.group").Status);
    }

    [Fact]
    public async Task A_transport_that_knows_nothing_of_traces_carries_the_trace_all_the_same()
    {
        var id = world.NextId();
        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            var call = FatContext.BuildRemoteData("stock")!;
            Assert.Contains(FatRemoteFields.Trace, call.Fields.Keys);

            // As in another process: nothing of this flow is there.
            Task<FatScopeResult> handled;
            using (ExecutionContext.SuppressFlow())
                handled = Task.Run(() => world.Stock.HandleAsync(call.Fields, (stock, stop) => stock.AddAsync(id, stop)), token);
            call.Answered((await handled).Reply);
        });

        var spans = await _spans.UntilAsync(result.Gid, "fat.commit");
        Assert.Equal(
            """
            fat.group orders committed
              fat.branch orders
              fat.decide committed
              fat.scope stock answered
                fat.branch stock
                  fat.commit
                  fat.prepare prepared
            """,
            Spans.Tree(spans));
    }

    [Fact]
    public async Task Calls_carry_nothing_of_traces_while_nobody_listens()
    {
        _spans.Dispose();
        var id = world.NextId();
        IEnumerable<string> fields = [];
        await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            using var caller = new Activity("the application's own").Start();
            var call = FatContext.BuildRemoteData("stock")!;
            fields = call.Fields.Keys;
            call.Answered((await world.Stock.HandleAsync(call.Fields, (stock, stop) => stock.AddAsync(id, stop))).Reply);
        });

        Assert.Equal([FatRemoteFields.Context], fields);
        await world.Stock.SeesAsync(id, Stop);
    }
}
