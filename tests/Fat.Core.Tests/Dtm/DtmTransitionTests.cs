using Fat.Dtm;
using Fat.Messages;

namespace Fat.Core.Tests.Dtm;

/// <summary>Every request and every answer in every state, without anything around it.</summary>
public sealed class DtmTransitionTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly IReadOnlySet<int> None = new HashSet<int>();

    public static TheoryData<string, string> States()
    {
        var states = new TheoryData<string, string>();
        foreach (var kind in Enum.GetNames<DtmKind>())
        {
            foreach (var status in Enum.GetNames<DtmStatus>())
                states.Add(kind, status);
        }

        return states;
    }

    [Theory]
    [MemberData(nameof(States))]
    public void Requests_follow_DTMs_table(string kindName, string statusName)
    {
        var (kind, status) = (Enum.Parse<DtmKind>(kindName), Enum.Parse<DtmStatus>(statusName));
        var stored = Of(kind, status);

        Assert.Equal(status == DtmStatus.Prepared, DtmTransition.Prepare(stored, stored).Next is not null);
        Assert.Equal(status is DtmStatus.Prepared or DtmStatus.Submitted ? DtmStatus.Submitted : null, DtmTransition.Submit(stored, stored, Now).Next?.Status);
        Assert.Equal((kind, status) switch
        {
            (DtmKind.Message, DtmStatus.Prepared) => DtmStatus.Failed,
            (DtmKind.Tcc, DtmStatus.Prepared or DtmStatus.Aborting) => DtmStatus.Aborting,
            _ => (DtmStatus?)null,
        }, DtmTransition.Abort(stored, "why", Now).Next?.Status);
        Assert.Equal(stored.IsOver ? null : DtmStatus.Failed, DtmTransition.ForceStop(stored, Now).Next?.Status);
        Assert.Equal(!stored.IsOver, DtmTransition.Reset(stored).Next is not null);
        Assert.Equal(kind == DtmKind.Tcc && status == DtmStatus.Prepared, DtmTransition.Register(stored, Branch("09", kind)).Next is not null);
        foreach (var other in Enum.GetValues<DtmKind>().Where(other => other != kind))
        {
            Assert.Null(DtmTransition.Prepare(stored, Of(other, DtmStatus.Prepared)).Next);
            Assert.Null(DtmTransition.Submit(stored, Of(other, DtmStatus.Prepared), Now).Next);
        }
    }

    [Theory]
    [MemberData(nameof(States))]
    public void What_is_over_stays_and_nothing_is_due_then(string kindName, string statusName)
    {
        var stored = Of(Enum.Parse<DtmKind>(kindName), Enum.Parse<DtmStatus>(statusName));
        foreach (var outcome in Enum.GetValues<CallOutcome>())
        {
            foreach (var backward in new[] { false, stored.Kind != DtmKind.Message })
            {
                var next = DtmTransition.Called(stored, [new DtmResult(0, backward, outcome, "why")], Now);
                if (stored.IsOver)
                    Assert.Same(stored, next);
                var asked = DtmTransition.Asked(stored, new DtmResult(-1, false, outcome, "why"), Now);
                if (stored.Status != DtmStatus.Prepared)
                    Assert.Same(stored, asked);
            }
        }

        Assert.Equal(stored.Status is DtmStatus.Submitted or DtmStatus.Aborting && !(stored is { Kind: DtmKind.Message, Status: DtmStatus.Aborting }), DtmPlan.Due(stored, None).Count > 0);
    }

    [Fact]
    public void Nothing_is_made_of_a_transaction_that_is_not_there()
    {
        Assert.All(
            new[] { DtmTransition.Abort(null, null, Now), DtmTransition.ForceStop(null, Now), DtmTransition.Reset(null), DtmTransition.Register(null, Branch("01", DtmKind.Tcc)) },
            step => Assert.Same(DtmStep.Unknown, step));
        Assert.Equal(DtmStatus.Submitted, DtmTransition.Submit(null, Of(DtmKind.Saga, DtmStatus.Prepared), Now).Next!.Status);
        Assert.Equal(DtmStatus.Succeeded, DtmTransition.Submit(null, new DtmTransaction("s", "g", DtmKind.Message), Now).Next!.Status);
    }

    [Theory]
    [InlineData("Success", "Submitted", 0)]
    [InlineData("Failure", "Failed", 0)]
    [InlineData("Ongoing", "Prepared", 0)]
    [InlineData("Temporary", "Prepared", 1)]
    public void A_producers_answer_settles_a_message(string outcome, string status, int failures)
    {
        var next = DtmTransition.Asked(Of(DtmKind.Message, DtmStatus.Prepared), new DtmResult(-1, false, Enum.Parse<CallOutcome>(outcome), "why"), Now);

        Assert.Equal((Enum.Parse<DtmStatus>(status), failures), (next.Status, next.Failures));
    }

    [Theory]
    [InlineData("Message", "Failure", "Submitted", 1)]
    [InlineData("Saga", "Failure", "Aborting", 0)]
    [InlineData("Tcc", "Failure", "Submitted", 1)]
    [InlineData("Message", "Temporary", "Submitted", 1)]
    [InlineData("Saga", "Temporary", "Submitted", 1)]
    [InlineData("Tcc", "Ongoing", "Submitted", 0)]
    [InlineData("Saga", "Ongoing", "Submitted", 0)]
    public void Only_an_action_of_a_saga_may_refuse(string kind, string outcome, string status, int failures)
    {
        var next = DtmTransition.Called(Of(Enum.Parse<DtmKind>(kind), DtmStatus.Submitted), [new DtmResult(0, false, Enum.Parse<CallOutcome>(outcome), "why")], Now);

        Assert.Equal((Enum.Parse<DtmStatus>(status), failures), (next.Status, next.Failures));
    }

    [Fact]
    public void Failures_grow_while_nothing_succeeds_and_begin_anew_when_something_does()
    {
        var stored = Of(DtmKind.Message, DtmStatus.Submitted) with { Concurrent = true };
        var one = DtmTransition.Called(stored, [new DtmResult(0, false, CallOutcome.Temporary, "away"), new DtmResult(1, false, CallOutcome.Ongoing, "at it")], Now);
        var two = DtmTransition.Called(one, [new DtmResult(0, false, CallOutcome.Temporary, "away")], Now);
        var kept = DtmTransition.Called(two, [new DtmResult(1, false, CallOutcome.Ongoing, "at it")], Now);
        var anew = DtmTransition.Called(kept, [new DtmResult(0, false, CallOutcome.Temporary, "away"), new DtmResult(1, false, CallOutcome.Success, null)], Now);
        var good = DtmTransition.Called(anew, [new DtmResult(2, false, CallOutcome.Success, null)], Now);

        var same = DtmTransition.Called(two, [new DtmResult(1, false, CallOutcome.Temporary, "away too")], Now, counted: true);
        var some = DtmTransition.Called(two, [new DtmResult(1, false, CallOutcome.Success, null)], Now, counted: true);

        Assert.Equal((2, 1, "away"), (same.Failures, some.Failures, some.Error));
        Assert.Equal([1, 2, 2, 1, 0], new[] { one, two, kept, anew, good }.Select(transaction => transaction.Failures));
        Assert.Equal((DtmStatus.Submitted, null), (good.Status, good.Error));
    }

    /// <summary>Every saga of three steps, in order and at the same time, with every answer of every action: it ends, in the right state, and takes back exactly what may have begun.</summary>
    [Fact]
    public void Every_saga_of_three_steps_ends_as_it_should()
    {
        foreach (var concurrent in new[] { false, true })
        {
            for (var code = 0; code < 8; code++)
            {
                var refuses = Enumerable.Range(0, 3).Where(place => (code >> place & 1) == 1).ToHashSet();
                var (end, forward, backward) = Run(Of(DtmKind.Saga, DtmStatus.Submitted) with { Concurrent = concurrent }, refuses);

                Assert.Equal(refuses.Count == 0 ? DtmStatus.Succeeded : DtmStatus.Failed, end.Status);
                if (refuses.Count == 0)
                    Assert.Empty(backward);
                else
                    Assert.Equal(forward.OrderDescending(), concurrent ? backward.OrderDescending() : backward);
                Assert.Equal(concurrent || refuses.Count == 0 ? 3 : refuses.Min() + 1, forward.Count);
            }
        }
    }

    [Fact]
    public void What_was_not_called_but_may_have_been_is_taken_back()
    {
        var stored = Of(DtmKind.Saga, DtmStatus.Submitted) with { Timeout = 1, Created = Now - TimeSpan.FromSeconds(1) };
        stored = DtmTransition.Called(stored, [new DtmResult(0, false, CallOutcome.Success, null)], Now);

        Assert.True(DtmTransition.IsLate(stored, TimeSpan.FromSeconds(35), Now));
        var aborting = DtmTransition.TimeOut(stored, TimeSpan.FromSeconds(35), Now);
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(place => DtmPlan.MayHaveBegun(aborting, place)));
        Assert.Equal([1], DtmPlan.Due(aborting, None));
        Assert.Empty(DtmPlan.Due(aborting, new HashSet<int> { 1 }));
    }

    [Theory]
    [InlineData("""{"1":[0],"2":[0,1]}""", true)]
    [InlineData("""{"0":[2],"1":[0]}""", true)]
    [InlineData("""{"0":[1],"1":[0]}""", false)]
    [InlineData("""{"0":[0]}""", false)]
    [InlineData("""{"3":[0]}""", false)]
    [InlineData("""{"0":[-1]}""", false)]
    public void Orders_have_to_let_every_step_begin(string orders, bool valid) =>
        Assert.Equal(valid, DtmOrders.AreValid(System.Text.Json.JsonSerializer.Deserialize<Dictionary<int, IReadOnlyList<int>>>(orders)!, 3));

    /// <summary>A client may prepare without its steps.</summary>
    [Fact]
    public void Orders_that_were_prepared_without_steps_are_looked_at_when_these_come()
    {
        var prepared = Of(DtmKind.Message, DtmStatus.Prepared) with { Branches = [], Orders = new Dictionary<int, IReadOnlyList<int>> { [0] = [7] } };
        var asked = Of(DtmKind.Message, DtmStatus.Prepared);

        Assert.Null(DtmTransition.Submit(prepared, asked, Now).Next);
        Assert.Equal(DtmStatus.Submitted, DtmTransition.Submit(prepared with { Orders = new Dictionary<int, IReadOnlyList<int>> { [1] = [0] } }, asked, Now).Next!.Status);
    }

    [Fact]
    public void A_transaction_is_read_as_it_was_written()
    {
        var stored = Of(DtmKind.Saga, DtmStatus.Aborting) with { Orders = new Dictionary<int, IReadOnlyList<int>> { [1] = [0] }, Headers = new Dictionary<string, string> { ["a"] = "b" }, Delay = 3, Next = Now };

        Assert.Equal(stored.Write(), DtmTransaction.Read(stored.Write())!.Write());
        Assert.Null(DtmTransaction.Read("{"));
    }

    private static (DtmTransaction End, List<int> Forward, List<int> Backward) Run(DtmTransaction transaction, HashSet<int> refuses)
    {
        var (forward, backward) = (new List<int>(), new List<int>());
        for (var round = 0; !transaction.IsOver; round++)
        {
            Assert.True(round < 20);
            var back = transaction.Status == DtmStatus.Aborting;
            var due = DtmPlan.Due(transaction, None);
            (back ? backward : forward).AddRange(due);
            transaction = DtmTransition.Called(transaction, [.. due.Select(place => new DtmResult(place, back, !back && refuses.Contains(place) ? CallOutcome.Failure : CallOutcome.Success, "no"))], Now);
        }

        return (transaction, forward, backward);
    }

    private static DtmTransaction Of(DtmKind kind, DtmStatus status) => new("orders", "g", kind)
    {
        Status = status,
        Branches = [Branch("01", kind), Branch("02", kind), Branch("03", kind)],
        Created = Now,
        Updated = Now,
    };

    private static DtmBranch Branch(string id, DtmKind kind) =>
        new(id, new DtmCall("http://here/" + id)) { Backward = kind == DtmKind.Message ? null : new DtmCall("http://here/back/" + id) };
}
