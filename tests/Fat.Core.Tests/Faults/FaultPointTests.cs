using Fat.Faults;
using Fat.Protocol;

namespace Fat.Core.Tests.Faults;

/// <summary>What an application pays for the fault points.</summary>
public sealed class FaultPointTests
{
    [Fact]
    public void They_cost_an_application_nothing()
    {
        // What the runtime makes when code runs for the first time does not count.
        Assert.True(PassAll());
        var before = GC.GetAllocatedBytesForCurrentThread();
        var passed = PassAll();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(passed);
        Assert.Equal(0, allocated);
    }

    private static bool PassAll()
    {
        var passed = true;
        foreach (var point in Points)
            passed &= IsOver(FaultPoints.None.BeforeAsync(point, Gid)) && IsOver(FaultPoints.None.AfterAsync(point, Gid));
        return passed;
    }

    private static bool IsOver(ValueTask passing) => passing.IsCompletedSuccessfully;

    private static GroupId Gid { get; } = GroupId.New(TimeProvider.System.GetUtcNow());

    private static FaultPoint[] Points { get; } = Enum.GetValues<FaultPoint>();
}
