using Fat.Faults;

namespace Fat.Core.Tests.Faults;

/// <summary>What an application pays for the fault points.</summary>
public sealed class FaultPointTests
{
    [Fact]
    public async Task They_cost_an_application_nothing()
    {
        await PassAllAsync();
        var before = GC.GetAllocatedBytesForCurrentThread();
        await PassAllAsync();

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    /// <summary>Stays on its thread when nothing makes it wait.</summary>
    private static async ValueTask PassAllAsync()
    {
        foreach (var point in Points)
        {
            await FaultPoints.None.BeforeAsync(point);
            await FaultPoints.None.AfterAsync(point);
        }
    }

    private static FaultPoint[] Points { get; } = Enum.GetValues<FaultPoint>();
}
