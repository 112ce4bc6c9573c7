using Fat.Core.Tests.World;
using Npgsql;

namespace Fat.Core.Tests.Dtm;

/// <summary>Sagas: actions in order or at the same time, taken back in reverse.</summary>
public sealed class DtmSagaTests(Servers servers) : IAsyncLifetime
{
    private readonly DtmWorld _world = new(servers);
    private readonly string _gid = DtmWorld.NextGid();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _world.InitializeAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Actions_are_called_in_order()
    {
        _world.AnswerStep(_gid, "b", (425, "ONGOING"), (200, "SUCCESS"));
        await _world.Server.SubmitAsync(_world.Request("saga", _gid, "a", "b", "c"), Stop);

        var done = await _world.UntilAsync(_gid, "succeed");
        Assert.Equal(["a", "b", "b", "c"], _world.Calls(_gid));
        Assert.Equal(["compensate", "action", "compensate", "action", "compensate", "action"], done.Branches.Select(branch => branch.Op));
        Assert.All(done.Branches, branch => Assert.Equal(branch.Op == "action" ? "succeed" : "prepared", branch.Status));
        Assert.Equal(("saga", "02", "action"), Fields(_world.Called.To($"/{_gid}/b")[0].Query));
    }

    [Fact]
    public async Task A_failure_takes_back_in_reverse_what_was_begun_and_repeats_that_until_it_succeeds()
    {
        _world.AnswerStep(_gid, "b", (409, "FAILURE: sold out"));
        _world.AnswerStep(_gid, "a-back", (500, ""), (409, "FAILURE"), (200, ""));
        await _world.Server.SubmitAsync(_world.Request("saga", _gid, "a", "b", "c"), Stop);

        var failed = await _world.UntilAsync(_gid, "failed");
        Assert.Equal(["a", "b", "b-back", "a-back", "a-back", "a-back"], _world.Calls(_gid));
        Assert.Contains("sold out", failed.RollbackReason, StringComparison.Ordinal);
        Assert.NotNull(failed.RollbackTime);
        Assert.Equal(("saga", "01", "compensate"), Fields(_world.Called.To($"/{_gid}/a-back")[0].Query));
        Assert.Equal(FatDtmResult.Failure, (await _world.Server.SubmitAsync(_world.Request("saga", _gid, "a"), Stop)).Result);
    }

    [Fact]
    public async Task Who_waits_is_told_of_the_failure()
    {
        _world.AnswerStep(_gid, "b", (409, "FAILURE: sold out"));
        var answer = await _world.Server.SubmitAsync(_world.Request("saga", _gid, "a", "b") with { WaitResult = true }, Stop);

        Assert.Equal(FatDtmResult.Failure, answer.Result);
        Assert.Contains("sold out", answer.Message, StringComparison.Ordinal);
        Assert.Equal(["a", "b", "b-back", "a-back"], _world.Calls(_gid));
    }

    [Fact]
    public async Task Sagas_whose_branch_does_not_answer_hold_up_no_others()
    {
        var answer = new TaskCompletionSource<(int, string)>(TaskCreationOptions.RunContinuationsAsynchronously);
        string[] hanging = [.. Enumerable.Range(0, 3 * new FatMessageOptions().Concurrency).Select(_ => DtmWorld.NextGid())];
        try
        {
            foreach (var gid in hanging)
            {
                _world.Called.Answers[$"/{gid}/a"] = _ => answer.Task;
                await _world.Server.SubmitAsync(_world.Request("saga", gid, "a") with { RequestTimeout = 300 }, Stop);
            }

            await _world.Server.SubmitAsync(_world.Request("saga", _gid, "a"), Stop);

            await _world.UntilAsync(_gid, "succeed");
            await Dialects.TillWorld.UntilAsync(() => Task.FromResult(hanging.All(gid => _world.Calls(gid).Count == 1)));
        }
        finally
        {
            answer.SetResult((200, "SUCCESS"));
        }

        foreach (var gid in hanging)
            await _world.UntilAsync(gid, "succeed");
    }

    [Fact]
    public async Task Concurrent_actions_wait_only_for_those_that_are_told()
    {
        // c waits for a and b, which are at the same time; b is slow.
        _world.Called.Answers[$"/{_gid}/b"] = async _ =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Stop);
            return (200, "");
        };
        await _world.Server.SubmitAsync(_world.Request("saga", _gid, "c", "b", "a") with { CustomData = """{"orders":{"0":[1,2]},"concurrent":true}""" }, Stop);

        await _world.UntilAsync(_gid, "succeed");
        Assert.Equal("c", _world.Calls(_gid)[^1]);
        Assert.Equal(3, _world.Calls(_gid).Count);
    }

    [Fact]
    public async Task Concurrent_compensations_keep_the_order_in_reverse()
    {
        _world.AnswerStep(_gid, "c", (409, "FAILURE"));
        await _world.Server.SubmitAsync(_world.Request("saga", _gid, "a", "b", "c", "d") with { CustomData = """{"orders":{"1":[0],"2":[1],"3":[2]},"concurrent":true}""" }, Stop);

        await _world.UntilAsync(_gid, "failed");
        Assert.Equal(["a", "b", "c", "c-back", "b-back", "a-back"], _world.Calls(_gid));
    }

    [Fact]
    public async Task A_saga_past_its_time_out_is_taken_back()
    {
        _world.AnswerStep(_gid, "b", (500, ""));
        await _world.Server.SubmitAsync(_world.Request("saga", _gid, "a", "b", "c") with { TimeoutToFail = 1 }, Stop);

        var failed = await _world.UntilAsync(_gid, "failed");
        Assert.Equal("Timeout after 1 seconds", failed.RollbackReason);
        Assert.Equal(["b-back", "a-back"], _world.Calls(_gid).TakeLast(2));
        Assert.DoesNotContain("c", _world.Calls(_gid));
    }

    [Fact]
    public async Task A_saga_past_its_retry_limit_is_taken_back_at_once()
    {
        _world.AnswerStep(_gid, "a", (500, "away"));
        var answer = await _world.Server.SubmitAsync(_world.Request("saga", _gid, "a") with { RetryLimit = 3, RetryInterval = 60, WaitResult = true }, Stop);

        Assert.Equal(FatDtmResult.Failure, answer.Result);
        Assert.Equal(["a", "a", "a", "a", "a-back"], _world.Calls(_gid));
    }

    [Fact]
    public async Task A_late_action_behind_its_compensation_has_no_effect()
    {
        // The action takes longer than the server waits; the saga is out of time and compensates before it takes effect.
        var id = NextItem();
        var late = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var compensated = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _world.Called.Answers[$"/{_gid}/a"] = async request =>
        {
            await compensated.Task.WaitAsync(Stop);
            late.TrySetResult(await TakeAsync(request.Query, id, 1));
            return (200, "");
        };
        _world.Called.Answers[$"/{_gid}/a-back"] = async request =>
        {
            Assert.False(await TakeAsync(request.Query, id, -1));
            compensated.TrySetResult();
            return (200, "");
        };
        await _world.Server.SubmitAsync(_world.Request("saga", _gid, "a") with { TimeoutToFail = 1, RequestTimeout = 1 }, Stop);

        await _world.UntilAsync(_gid, "failed");
        Assert.False(await late.Task.WaitAsync(Stop));
        Assert.False(await _world.Orders.HasAsync(id));
    }

    [Fact]
    public async Task A_compensation_takes_back_what_an_action_did()
    {
        var id = NextItem();
        _world.Called.Answers[$"/{_gid}/a"] = async request => (await TakeAsync(request.Query, id, 1) ? 200 : 500, "");
        _world.Called.Answers[$"/{_gid}/a-back"] = async request => (await TakeAsync(request.Query, id, -1) ? 200 : 500, "");
        _world.AnswerStep(_gid, "b", (409, "FAILURE"));
        await _world.Server.SubmitAsync(_world.Request("saga", _gid, "a", "b"), Stop);

        await _world.UntilAsync(_gid, "failed");
        Assert.False(await _world.Orders.HasAsync(id));
        Assert.Single(_world.Called.To($"/{_gid}/a-back"));
    }

    private static int _item = 5_000;

    private static int NextItem() => Interlocked.Increment(ref _item);

    private static (string, string, string) Fields(IReadOnlyDictionary<string, string> query) => (query["trans_type"], query["branch_id"], query["op"]);

    /// <summary>A branch's work behind a barrier: an item is added, or taken out again.</summary>
    private async Task<bool> TakeAsync(IReadOnlyDictionary<string, string> query, int id, int count)
    {
        await using var connection = new NpgsqlConnection(_world.Orders.ConnectionString);
        Assert.True(FatBarrier.TryParse(query.GetValueOrDefault, out var barrier));
        return await barrier.CallAsync(connection, async transaction =>
        {
            await using var command = connection.CreateCommand();
            command.CommandText = count > 0 ? $"INSERT INTO items (id, text) VALUES ({id}, 'taken')" : $"DELETE FROM items WHERE id = {id}";
            command.Transaction = (NpgsqlTransaction)transaction;
            await command.ExecuteNonQueryAsync(Stop);
        }, Stop);
    }
}
