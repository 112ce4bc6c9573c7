using System.Diagnostics.Metrics;
using Fat.Diagnostics;
using Fat.Protocol;

namespace Fat.Core.Tests.Telemetry;

/// <summary>What telemetry costs while nobody wants it: no memory.</summary>
[Collection(typeof(TelemetryCollection))]
public sealed class NobodyListensTests
{
    private const int Times = 10_000;

    private static readonly FatName Service = FatName.Parse("orders", "service");
    private static readonly BranchId Branch = ScopeId.New(CallId.Root).Branch(1);
    private static readonly GroupId Group = GroupId.New(TimeProvider.System.GetUtcNow());

    [Fact]
    public void Spans_that_nobody_wants_allocate_nothing() => Assert.Equal(0, Allocated(static () =>
    {
        FatActivity.StartScope(isRoot: true, "POST /orders", caller: null)?.Dispose();
        FatActivity.StartPrepare(Group, Branch, Service, 2, FatActivity.Here)?.Dispose();
        FatActivity.StartVote(Group, Branch, FatActivity.Here)?.Dispose();
        FatActivity.StartRecover(Group, Branch, Service, Decision.Committed, trace: null)?.Dispose();
        FatActivity.StartResolve(Group, Service, trace: null)?.Dispose();
        FatActivity.Prepared(null, wrote: true);
        FatActivity.Decided(null, DecisionResult.Committed, failure: null, Redaction.None);
        FatActivity.Failed(null, "a reason", "a type", Redaction.None);
        _ = FatActivity.Text(FatActivity.Here);
    }));

    [Fact]
    public void Measurements_that_nobody_wants_allocate_nothing() => Assert.Equal(0, Allocated(static () =>
    {
        FatMeter.GroupEnded(TimeSpan.Zero, Service, "committed");
        FatMeter.BranchRan(TimeSpan.Zero, Service, Service);
        FatMeter.Voted(Service, prepared: true, late: false);
        FatMeter.VotesWaited(TimeSpan.Zero, Service);
        FatMeter.DecisionObeyed(TimeSpan.Zero, Service, Decision.Committed);
        FatMeter.BranchRecovered(Service, Service, Decision.Committed);
        FatMeter.RegistryAnswered("register", TimeSpan.Zero, failure: null);
        FatMeter.MessageEnded(Service, "consumed");
    }));

    /// <summary>What shows that the measure is one: with a listener the same code does allocate.</summary>
    [Fact]
    public void With_a_listener_they_do()
    {
        using var spans = new Spans();
        using var numbers = new MeterListener();
        numbers.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == FatMeter.Name)
                listener.EnableMeasurementEvents(instrument);
        };
        numbers.Start();

        Assert.NotEqual(0, Allocated(static () => FatActivity.StartResolve(Group, Service, trace: null)?.Dispose()));
    }

    private static long Allocated(Action work)
    {
        work();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Times; i++)
            work();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
