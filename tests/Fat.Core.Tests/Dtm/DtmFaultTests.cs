using Fat.Faults;
using Npgsql;

namespace Fat.Core.Tests.Dtm;

/// <summary>
/// A write of a transaction is lost, or its answer is, at every step. The client repeats its request, as DTM's clients do: the transaction ends as if nothing had happened, and only the call whose result was lost is made
/// again.
/// </summary>
public sealed class DtmFaultTests(DtmWorld world) : IClassFixture<DtmWorld>
{
    private readonly string _gid = DtmWorld.NextGid();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>What is begun, what strikes, how many of its kind pass before, and on which side of the write.</summary>
    public static TheoryData<string, string, int, bool> Places
    {
        get
        {
            var places = new TheoryData<string, string, int, bool>();
            foreach (var after in new[] { false, true })
            {
                // Changes of a message: the submission, and the result of both calls.
                places.Add("msg", nameof(FaultPoint.StoreTransaction), 0, after);
                places.Add("msg", nameof(FaultPoint.ChangeTransaction), 0, after);
                places.Add("msg", nameof(FaultPoint.ChangeTransaction), 1, after);
                places.Add("msg", nameof(FaultPoint.ChangeTransaction), 2, after);

                // Of a saga that fails: the result of the action, the refusal, and each compensation.
                places.Add("saga", nameof(FaultPoint.StoreTransaction), 0, after);
                for (var passing = 0; passing < 4; passing++)
                    places.Add("saga", nameof(FaultPoint.ChangeTransaction), passing, after);

                // Of a TCC: two branches, the submission, and each confirmation.
                places.Add("tcc", nameof(FaultPoint.StoreTransaction), 0, after);
                for (var passing = 0; passing < 4; passing++)
                    places.Add("tcc", nameof(FaultPoint.ChangeTransaction), passing, after);
                foreach (var kind in new[] { "msg", "saga", "tcc" })
                {
                    places.Add(kind, nameof(FaultPoint.PutWork), 0, after);
                    places.Add(kind, nameof(FaultPoint.EndWork), 0, after);
                }
            }

            return places;
        }
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task It_ends_as_if_nothing_had_happened(string kind, string point, int passing, bool after)
    {
        var place = Enum.Parse<FaultPoint>(point);
        if (place is FaultPoint.StoreTransaction or FaultPoint.ChangeTransaction)
            world.Strikes.DatabaseAt(place, after, passing);
        else
            world.Strikes.RegistryAt(place, after);

        var (status, calls) = await BeginAsync(kind);

        await world.UntilAsync(_gid, status);
        await world.NothingQueuedAsync();

        // Redis has done it before whoever asked is struck by the loss of the answer.
        await Dialects.TillWorld.UntilAsync(() => Task.FromResult(world.Strikes.AreOver));
        var made = world.Calls(_gid);
        Assert.Equal(calls, made.Distinct());
        Assert.InRange(made.Count, calls.Length, calls.Length + 1);
    }

    private async Task<(string Status, string[] Calls)> BeginAsync(string kind)
    {
        switch (kind)
        {
            case "msg":
                var message = world.Request("msg", _gid, "a", "b") with { QueryPrepared = world.Url($"{_gid}/prepared"), TimeoutToFail = 60 };
                await SayAsync(() => world.Server.PrepareAsync(message, Stop));
                await SayAsync(() => world.Server.SubmitAsync(message, Stop));
                return ("succeed", ["a", "b"]);
            case "saga":
                world.AnswerStep(_gid, "b", (409, "FAILURE"));
                await SayAsync(() => world.Server.SubmitAsync(world.Request("saga", _gid, "a", "b"), Stop));
                return ("failed", ["a", "b", "b-back", "a-back"]);
            default:
                var tcc = new FatDtmRequest { Gid = _gid, TransType = "tcc", TimeoutToFail = 60 };
                await SayAsync(() => world.Server.PrepareAsync(tcc, Stop));
                await SayAsync(() => world.Server.RegisterBranchAsync(Branch("01"), Stop));
                await SayAsync(() => world.Server.RegisterBranchAsync(Branch("02"), Stop));
                await SayAsync(() => world.Server.SubmitAsync(tcc, Stop));
                return ("succeed", ["02-confirm", "01-confirm"]);
        }
    }

    private FatDtmBranchRequest Branch(string id) => new()
    {
        Gid = _gid,
        TransType = "tcc",
        BranchId = id,
        Confirm = world.Url($"{_gid}/{id}-confirm"),
        Cancel = world.Url($"{_gid}/{id}-cancel"),
        Data = $$"""{"of":"{{id}}"}""",
    };

    /// <summary>A request that is answered 500 is repeated, once: nothing else fails in a test.</summary>
    private static async Task SayAsync(Func<Task<FatDtmAnswer>> ask)
    {
        FatDtmAnswer answer;
        try
        {
            answer = await ask();
        }
        catch (NpgsqlException)
        {
            // In doubt for the client: it may have taken effect.
            answer = await ask();
        }

        Assert.Equal(FatDtmResult.Success, answer.Result);
    }
}
