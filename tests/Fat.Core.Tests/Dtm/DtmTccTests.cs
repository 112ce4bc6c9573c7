using Fat.Core.Tests.World;

namespace Fat.Core.Tests.Dtm;

/// <summary>Try, confirm, cancel.</summary>
public sealed class DtmTccTests(Servers servers) : IAsyncLifetime
{
    private readonly DtmWorld _world = new(servers);
    private readonly string _gid = DtmWorld.NextGid();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private FatDtmRequest Request => new() { Gid = _gid, TransType = "tcc", TimeoutToFail = 60 };

    public ValueTask InitializeAsync() => _world.InitializeAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_submitted_tcc_is_confirmed_the_last_branch_first()
    {
        await PrepareAsync("01", "02");
        Assert.Equal(FatDtmResult.Success, (await _world.Server.SubmitAsync(Request with { WaitResult = true }, Stop)).Result);

        Assert.Equal(["02-confirm", "01-confirm"], _world.Calls(_gid));
        var call = _world.Called.To($"/{_gid}/01-confirm").Single();
        Assert.Equal(("POST", """{"of":"01"}""", "tcc", "01", "confirm"), (call.Method, call.Body, call.Query["trans_type"], call.Query["branch_id"], call.Query["op"]));
        Assert.Equal("succeed", (await _world.Server.FindAsync(_gid, Stop))!.Status);
        Assert.Equal(FatDtmResult.Failure, (await _world.Server.AbortAsync(Request, Stop)).Result);
    }

    [Fact]
    public async Task An_aborted_tcc_is_cancelled_and_no_branch_waits_for_one_that_is_stuck()
    {
        await PrepareAsync("01", "02");
        _world.AnswerStep(_gid, "02-cancel", (500, ""), (409, "FAILURE"), (200, ""));
        Assert.Equal(FatDtmResult.Success, (await _world.Server.AbortAsync(Request with { RollbackReason = "No seat." }, Stop)).Result);
        Assert.Equal(FatDtmResult.Failure, (await _world.Server.SubmitAsync(Request, Stop)).Result);

        var failed = await _world.UntilAsync(_gid, "failed");
        Assert.Equal("No seat.", failed.RollbackReason);
        Assert.Equal(["02-cancel", "01-cancel", "02-cancel", "02-cancel"], _world.Calls(_gid));
    }

    [Fact]
    public async Task A_tcc_that_nobody_submits_is_cancelled()
    {
        Assert.Equal(FatDtmResult.Success, (await _world.Server.PrepareAsync(Request with { TimeoutToFail = 3 }, Stop)).Result);
        Assert.Equal(FatDtmResult.Success, (await _world.Server.RegisterBranchAsync(Branch("01"), Stop)).Result);

        var failed = await _world.UntilAsync(_gid, "failed");
        Assert.Equal("Timeout after 3 seconds", failed.RollbackReason);
        Assert.Equal(["01-cancel"], _world.Calls(_gid));
    }

    [Fact]
    public async Task Branches_are_registered_once_and_only_while_it_is_prepared()
    {
        Assert.Equal(FatDtmResult.Failure, (await _world.Server.RegisterBranchAsync(Branch("01"), Stop)).Result);
        await PrepareAsync("01");
        Assert.Equal(FatDtmResult.Success, (await _world.Server.RegisterBranchAsync(Branch("01"), Stop)).Result);
        Assert.Equal(FatDtmResult.Failure, (await _world.Server.RegisterBranchAsync(Branch("01") with { Data = "else" }, Stop)).Result);
        Assert.Equal(2, (await _world.Server.FindAsync(_gid, Stop))!.Branches.Count);
        await Task.WhenAll(Enumerable.Range(2, 8).Select(number => _world.Server.RegisterBranchAsync(Branch($"{number:00}"), Stop)));
        Assert.Equal(18, (await _world.Server.FindAsync(_gid, Stop))!.Branches.Count);
        await _world.Server.SubmitAsync(Request with { WaitResult = true }, Stop);
        Assert.Equal(FatDtmResult.Failure, (await _world.Server.RegisterBranchAsync(Branch("99"), Stop)).Result);
        Assert.Equal(9, _world.Calls(_gid).Count);
    }

    private FatDtmBranchRequest Branch(string id) => new()
    {
        Gid = _gid,
        TransType = "tcc",
        BranchId = id,
        Data = $$"""{"of":"{{id}}"}""",
        Confirm = _world.Url($"{_gid}/{id}-confirm"),
        Cancel = _world.Url($"{_gid}/{id}-cancel"),
    };

    private async Task PrepareAsync(params string[] branches)
    {
        Assert.Equal(FatDtmResult.Success, (await _world.Server.PrepareAsync(Request, Stop)).Result);
        foreach (var branch in branches)
            Assert.Equal(FatDtmResult.Success, (await _world.Server.RegisterBranchAsync(Branch(branch), Stop)).Result);
    }
}
