using Fat.Core.Tests.Messages;
using Fat.Core.Tests.World;
using Npgsql;

namespace Fat.Core.Tests.Dtm;

/// <summary>DTM's two-phase message, as its tutorial goes: prepare, local transaction with the barrier's row, submit.</summary>
public sealed class DtmMessageTests(Servers servers) : IAsyncLifetime
{
    private readonly DtmWorld _world = new(servers);
    private readonly string _gid = DtmWorld.NextGid();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _world.InitializeAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_submitted_message_is_called_in_order_with_DTMs_fields()
    {
        var request = _world.Request("msg", _gid, "in", "out") with { QueryPrepared = _world.Url($"{_gid}/prepared"), TimeoutToFail = 60, BranchHeaders = new Dictionary<string, string?> { ["tenant"] = "7" } };
        Assert.Equal(FatDtmResult.Success, (await _world.Server.PrepareAsync(request, Stop)).Result);
        Assert.Equal("prepared", (await _world.Server.FindAsync(_gid, Stop))!.Status);
        await DoBusinessAsync();
        Assert.Equal(FatDtmResult.Success, (await _world.Server.SubmitAsync(request, Stop)).Result);

        var done = await _world.UntilAsync(_gid, "succeed");
        Assert.Equal(["in", "out"], _world.Calls(_gid));
        var first = _world.Called.To($"/{_gid}/in").Single();
        Assert.Equal(("POST", """{"step":"in"}""", "7", "msg", "01", "action"), (first.Method, first.Body, first.Headers["tenant"], first.Query["trans_type"], first.Query["branch_id"], first.Query["op"]));
        Assert.NotNull(done.FinishTime);
        Assert.All(done.Branches, branch => Assert.Equal(("action", "succeed"), (branch.Op, branch.Status)));
    }

    [Theory]
    [InlineData(86_401)]
    [InlineData(4_294_968)]
    [InlineData(-1)]
    public async Task A_time_that_no_call_can_be_given_is_refused(long seconds)
    {
        var answer = await _world.Server.SubmitAsync(_world.Request("msg", _gid, "in") with { RequestTimeout = seconds }, Stop);

        Assert.Equal(FatDtmResult.Refused, answer.Result);
        Assert.Contains("request_timeout is 0 to 86400", answer.Message, StringComparison.Ordinal);
        Assert.Null(await _world.Server.FindAsync(_gid, Stop));
    }

    [Fact]
    public async Task A_committed_message_that_nobody_submits_is_asked_for_and_done()
    {
        _world.AnswerPrepared(_gid, _world.Orders);
        await _world.Server.PrepareAsync(_world.Request("msg", _gid, "in") with { QueryPrepared = _world.Url($"{_gid}/prepared?deep=1") }, Stop);
        await DoBusinessAsync();

        await _world.UntilAsync(_gid, "succeed");
        var asked = Assert.Single(_world.Called.To($"/{_gid}/prepared"));
        Assert.Equal(("GET", "1", "00", "msg", "msg"), (asked.Method, asked.Query["deep"], asked.Query["branch_id"], asked.Query["op"], asked.Query["trans_type"]));
        Assert.Equal(["prepared", "in"], _world.Calls(_gid));
    }

    [Fact]
    public async Task A_message_whose_business_failed_is_rolled_back_and_nobody_is_called()
    {
        _world.AnswerPrepared(_gid, _world.Orders);
        await _world.Server.PrepareAsync(_world.Request("msg", _gid, "in") with { QueryPrepared = _world.Url($"{_gid}/prepared") }, Stop);
        await Assert.ThrowsAsync<InvalidOperationException>(() => DoBusinessAsync(() => throw new InvalidOperationException("No money.")));

        await _world.UntilAsync(_gid, "failed");
        Assert.Equal(["prepared"], _world.Calls(_gid));
        Assert.Equal(FatDtmResult.Failure, (await _world.Server.SubmitAsync(_world.Request("msg", _gid, "in"), Stop)).Result);
        await Assert.ThrowsAnyAsync<Exception>(async () => await DoBusinessOrFailAsync());
    }

    [Fact]
    public async Task A_producer_that_is_still_at_it_or_away_is_asked_again()
    {
        _world.AnswerStep(_gid, "prepared", (425, "ONGOING"), (425, "ONGOING"), (500, "away"), (500, "away"), (200, ""));
        await _world.Server.PrepareAsync(_world.Request("msg", _gid, "in") with { QueryPrepared = _world.Url($"{_gid}/prepared") }, Stop);

        await _world.UntilAsync(_gid, "succeed");
        var pauses = Pauses("prepared");
        Assert.All(pauses, pause => Assert.True(pause >= DtmWorld.RetryInterval * 0.95, $"{pause}"));
        Assert.True(pauses[3] >= DtmWorld.RetryInterval * 1.9, $"{pauses[3]}");
    }

    [Fact]
    public async Task A_producer_that_cannot_be_asked_is_told_of()
    {
        _world.AnswerStep(_gid, "prepared", (500, "away"), (500, "away"), (500, "away"), (500, "away"), (409, "FAILURE"));
        await _world.Server.PrepareAsync(_world.Request("msg", _gid, "in") with { QueryPrepared = _world.Url($"{_gid}/prepared") }, Stop);

        await _world.UntilAsync(_gid, "failed");
        await Dialects.TillWorld.UntilAsync(() => Task.FromResult(Alarm.Alerts.Any(alert => alert.Gid == _gid)));
        var alert = Assert.Single(Alarm.Alerts, alert => alert.Gid == _gid);
        Assert.Equal(("00", _world.Url($"{_gid}/prepared"), 3, "dtm", false), (alert.BranchId, alert.Target, alert.Failures, alert.Service, alert.IsFinal));
        Assert.Contains("away", alert.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tenant", "Zürich", "the value of header 'tenant'")]
    [InlineData("tenant", "a\r\nb", "the value of header 'tenant'")]
    [InlineData("te nant", "7", "'te nant' is not the name of a header")]
    [InlineData("Content-Length", "7", "header 'Content-Length' follows from the body")]
    public async Task A_header_that_can_never_be_sent_is_refused(string name, string value, string problem)
    {
        var answer = await _world.Server.SubmitAsync(_world.Request("msg", _gid, "in") with { BranchHeaders = new Dictionary<string, string?> { ["good"] = "yes", [name] = value } }, Stop);

        Assert.Equal(FatDtmResult.Refused, answer.Result);
        Assert.Contains($"branch_headers: {problem}", answer.Message, StringComparison.Ordinal);
        Assert.Null(await _world.Server.FindAsync(_gid, Stop));
    }

    [Fact]
    public async Task A_producer_that_redirects_the_question_has_not_said_yes()
    {
        _world.Called.Locations[$"/{_gid}/prepared"] = $"/{_gid}/login";
        var redirects = true;
        _world.Called.Answers[$"/{_gid}/prepared"] = _ => Task.FromResult(Volatile.Read(ref redirects) ? (302, "") : (409, "FAILURE"));
        await _world.Server.PrepareAsync(_world.Request("msg", _gid, "in") with { QueryPrepared = _world.Url($"{_gid}/prepared") }, Stop);

        var asked = await _world.UntilAsync(_gid, transaction => transaction.Error?.Contains($"a redirect led to GET {_world.Url($"{_gid}/login")}", StringComparison.Ordinal) == true);
        Assert.Equal("prepared", asked.Status);
        Volatile.Write(ref redirects, false);
        await _world.UntilAsync(_gid, "failed");
        Assert.DoesNotContain("in", _world.Calls(_gid));
    }

    [Fact]
    public async Task A_failure_is_repeated_with_growing_pauses_and_never_compensated()
    {
        _world.AnswerStep(_gid, "in", (409, "FAILURE"), (200, "FAILURE"), (500, ""), (200, "SUCCESS"));
        await _world.Server.SubmitAsync(_world.Request("msg", _gid, "in", "out"), Stop);

        await _world.UntilAsync(_gid, "succeed");
        Assert.Equal(["in", "in", "in", "in", "out"], _world.Calls(_gid));
        var pauses = Pauses("in");
        Assert.True(pauses[0] >= DtmWorld.RetryInterval * 0.95 && pauses[1] >= DtmWorld.RetryInterval * 1.9 && pauses[2] >= DtmWorld.RetryInterval * 3.8, string.Join(" ", pauses));
    }

    [Fact]
    public async Task A_reset_makes_the_next_attempt_at_once()
    {
        _world.AnswerStep(_gid, "in", (500, "away"), (200, ""));
        await _world.Server.SubmitAsync(_world.Request("msg", _gid, "in") with { RetryInterval = 600 }, Stop);
        var failed = await _world.UntilAsync(_gid, transaction => transaction.Failures == 1);
        Assert.Contains("away", failed.Error, StringComparison.Ordinal);
        Assert.True(failed.NextCronTime > TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(9));

        // What is told of the first attempt may come a moment later than its row.
        while ((await _world.Server.FindAsync(_gid, Stop))!.Status != "succeed")
        {
            await _world.Server.ResetNextCronTimeAsync(_gid, Stop);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Stop);
        }

        Assert.Equal(["in", "in"], _world.Calls(_gid));
        Assert.Equal(FatDtmResult.Failure, (await _world.Server.ResetNextCronTimeAsync(_gid, Stop)).Result);
    }

    [Fact]
    public async Task Concurrent_branches_do_not_wait_for_one_that_is_stuck()
    {
        _world.AnswerStep(_gid, "in", (500, ""), (500, ""), (200, ""));
        await _world.Server.SubmitAsync(_world.Request("msg", _gid, "in", "out", "end") with { Concurrent = true }, Stop);

        await _world.UntilAsync(_gid, "succeed");
        Assert.Equal((3, 1, 1), (_world.Called.To($"/{_gid}/in").Count, _world.Called.To($"/{_gid}/out").Count, _world.Called.To($"/{_gid}/end").Count));
        Assert.True(_world.Called.To($"/{_gid}/end")[0].At < _world.Called.To($"/{_gid}/in")[1].At);
    }

    [Fact]
    public async Task A_delay_that_comes_with_the_submission_counts()
    {
        var request = _world.Request("msg", _gid, "in") with { QueryPrepared = _world.Url($"{_gid}/prepared"), TimeoutToFail = 60 };
        await _world.Server.PrepareAsync(request, Stop);
        var began = TimeProvider.System.GetTimestamp();
        Assert.Equal(FatDtmResult.Ongoing, (await _world.Server.SubmitAsync(request with { CustomData = """{"delay":2}""", WaitResult = true }, Stop)).Result);

        await _world.UntilAsync(_gid, "succeed");
        Assert.True(TimeProvider.System.GetElapsedTime(began, _world.Called.To($"/{_gid}/in").Single().At) >= TimeSpan.FromSeconds(1.9));
    }

    [Fact]
    public async Task Who_waits_is_told_what_came_of_it()
    {
        Assert.Equal(FatDtmResult.Success, (await _world.Server.SubmitAsync(_world.Request("msg", _gid, "in") with { WaitResult = true }, Stop)).Result);
        Assert.Equal("succeed", (await _world.Server.FindAsync(_gid, Stop))!.Status);
        var stuck = DtmWorld.NextGid();
        _world.AnswerStep(stuck, "in", (500, "away"));
        var answer = await _world.Server.SubmitAsync(_world.Request("msg", stuck, "in") with { WaitResult = true }, Stop);
        Assert.Equal(FatDtmResult.Ongoing, answer.Result);
        Assert.Contains("away", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_aborted_message_has_failed_and_a_stopped_one_is_called_no_more()
    {
        var request = _world.Request("msg", _gid, "in") with { QueryPrepared = _world.Url($"{_gid}/prepared"), TimeoutToFail = 60 };
        await _world.Server.PrepareAsync(request, Stop);
        Assert.Equal(FatDtmResult.Success, (await _world.Server.AbortAsync(request with { RollbackReason = "No money." }, Stop)).Result);
        Assert.Equal(("failed", "No money."), ((await _world.Server.FindAsync(_gid, Stop))!.Status, (await _world.Server.FindAsync(_gid, Stop))!.RollbackReason));
        Assert.Equal(FatDtmResult.Failure, (await _world.Server.PrepareAsync(request, Stop)).Result);

        var stuck = DtmWorld.NextGid();
        _world.AnswerStep(stuck, "in", (500, ""));
        await _world.Server.SubmitAsync(_world.Request("msg", stuck, "in"), Stop);
        await _world.UntilAsync(stuck, transaction => transaction.Failures > 0);
        Assert.Equal(FatDtmResult.Success, (await _world.Server.ForceStopAsync(stuck, Stop)).Result);
        Assert.Equal("failed", (await _world.Server.FindAsync(stuck, Stop))!.Status);
        Assert.Equal(FatDtmResult.Failure, (await _world.Server.ForceStopAsync(stuck, Stop)).Result);
        Assert.Empty(_world.Calls(_gid));
    }

    private IReadOnlyList<TimeSpan> Pauses(string step)
    {
        var calls = _world.Called.To($"/{_gid}/{step}");
        return [.. calls.Zip(calls.Skip(1), (one, next) => TimeProvider.System.GetElapsedTime(one.At, next.At))];
    }

    /// <summary>The producer's local transaction, with the barrier's row: what Dtmcli's DoAndSubmitDB does.</summary>
    private async Task DoBusinessAsync(Func<Task>? also = null)
    {
        await using var connection = new NpgsqlConnection(_world.Orders.ConnectionString);
        await new FatBarrier("msg", _gid, "00", "msg").CallAsync(connection, _ => also?.Invoke() ?? Task.CompletedTask, Stop);
    }

    /// <summary>A local transaction that comes behind the question has no effect.</summary>
    private async Task DoBusinessOrFailAsync()
    {
        await using var connection = new NpgsqlConnection(_world.Orders.ConnectionString);
        if (!await new FatBarrier("msg", _gid, "00", "msg").CallAsync(connection, _ => Task.CompletedTask, Stop))
            throw new InvalidOperationException("Skipped.");
    }
}
