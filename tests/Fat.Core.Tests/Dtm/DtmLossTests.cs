using Fat.Core.Tests.World;

namespace Fat.Core.Tests.Dtm;

/// <summary>Redis loses everything, processes stop, calls take longer than a lease: no transaction is lost and none is worked on twice at a time.</summary>
public sealed class DtmLossTests(Servers servers) : IAsyncLifetime
{
    private readonly DtmWorld _world = new(servers);
    private readonly string _gid = DtmWorld.NextGid();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _world.InitializeAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_prepared_message_outlives_Redis()
    {
        _world.AnswerStep(_gid, "prepared", (200, ""));
        await _world.Server.PrepareAsync(_world.Request("msg", _gid, "in") with { QueryPrepared = _world.Url($"{_gid}/prepared"), TimeoutToFail = 2 }, Stop);
        await _world.LoseRedisAsync();

        await _world.UntilAsync(_gid, "succeed");
        Assert.Equal(["prepared", "in"], _world.Calls(_gid));
    }

    [Fact]
    public async Task A_submitted_saga_outlives_Redis_and_goes_on_where_it_was()
    {
        _world.AnswerStep(_gid, "b", (500, ""), (200, ""));
        await _world.Server.SubmitAsync(_world.Request("saga", _gid, "a", "b", "c") with { RetryInterval = 3 }, Stop);
        await _world.UntilAsync(_gid, transaction => transaction.Failures == 1);
        await _world.LoseRedisAsync();

        await _world.UntilAsync(_gid, "succeed");
        Assert.Equal(["a", "b", "b", "c"], _world.Calls(_gid));
    }

    [Fact]
    public async Task A_registered_tcc_outlives_Redis()
    {
        await _world.Server.PrepareAsync(new FatDtmRequest { Gid = _gid, TransType = "tcc", TimeoutToFail = 3 }, Stop);
        await _world.Server.RegisterBranchAsync(
            new FatDtmBranchRequest { Gid = _gid, TransType = "tcc", BranchId = "01", Confirm = _world.Url($"{_gid}/confirm"), Cancel = _world.Url($"{_gid}/cancel") }, Stop);
        await _world.LoseRedisAsync();

        await _world.UntilAsync(_gid, "failed");
        Assert.Equal(["cancel"], _world.Calls(_gid));
        Assert.Equal("GET", _world.Called.To($"/{_gid}/cancel").Single().Method);
    }

    [Fact]
    public async Task Another_instance_finishes_what_a_stopped_one_began()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var number = 0;
        _world.Called.Answers[$"/{_gid}/b"] = async _ =>
        {
            if (Interlocked.Increment(ref number) > 1)
                return (200, "");
            entered.TrySetResult();
            await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System, Stop);
            return (500, "");
        };
        await _world.Server.SubmitAsync(_world.Request("saga", _gid, "a", "b", "c") with { RequestTimeout = 30 }, Stop);
        await entered.Task.WaitAsync(Stop);

        // It has no patience with what runs, so the call is given up in the middle of the saga.
        var other = await _world.StartServerAsync();
        await _world.StopAsync(_world.Dtm);
        _world.Takes(other);

        await _world.UntilAsync(_gid, "succeed");
        Assert.Equal(["a", "b", "b", "c"], _world.Calls(_gid));
    }

    [Fact]
    public async Task A_call_that_takes_longer_than_a_lease_is_made_once_and_holds_up_nobody()
    {
        await _world.StartServerAsync();
        var other = DtmWorld.NextGid();
        _world.Called.Answers[$"/{_gid}/a"] = async _ =>
        {
            await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System, Stop);
            return (200, "");
        };
        await _world.Server.SubmitAsync(_world.Request("saga", _gid, "a") with { RequestTimeout = 30 }, Stop);
        await _world.Server.SubmitAsync(_world.Request("saga", other, "a"), Stop);

        await _world.UntilAsync(other, "succeed");
        Assert.NotEqual("succeed", (await _world.Server.FindAsync(_gid, Stop))!.Status);
        await _world.UntilAsync(_gid, "succeed");
        Assert.Equal(["a"], _world.Calls(_gid));
    }

    [Fact]
    public async Task Two_submissions_at_once_are_one()
    {
        var request = _world.Request("msg", _gid, "in");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _world.Server.SubmitAsync(request with { WaitResult = true }, Stop)));

        Assert.Contains(answers, answer => answer.Result == FatDtmResult.Success);
        Assert.Equal(["in"], _world.Calls(_gid));
    }

    [Fact]
    public async Task What_has_ended_goes_by_its_age()
    {
        await _world.Server.SubmitAsync(_world.Request("msg", _gid, "in") with { WaitResult = true }, Stop);
        Assert.Equal("done", await _world.Dtm.QueryAsync<string>($"SELECT reason FROM fat_barrier WHERE gid = 'dtm:{_gid}'"));
        await _world.Dtm.QueryAsync<long>($"UPDATE fat_barrier SET create_time = create_time - interval '8 days', update_time = update_time - interval '8 days' WHERE gid = 'dtm:{_gid}'");
        await _world.StartServerAsync();

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        while (await _world.Server.FindAsync(_gid, Stop) is not null)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, deadline.Token);
        Assert.DoesNotContain(await _world.Server.ListAsync(cancellationToken: Stop), open => open.Gid == _gid);
    }
}
