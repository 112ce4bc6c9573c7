namespace Fat.Core.Tests.Monitor;

/// <summary>The history is told behind the groups' backs: tests wait until it is there.</summary>
internal static class MonitorWaits
{
    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        while (!await HoldsAsync(holds))
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, deadline.Token);
    }

    /// <summary>A registry that is not back yet is asked again.</summary>
    private static async Task<bool> HoldsAsync(Func<Task<bool>> holds)
    {
        try
        {
            return await holds();
        }
        catch (FatMonitorUnavailableException)
        {
            return false;
        }
    }

    /// <summary>A group of which its root and so many branches have told.</summary>
    public static async Task<FatGroupHistory> ToldAsync(IFatMonitor monitor, string gid, int branches, FatOutcome? outcome = null)
    {
        FatGroupHistory? history = null;
        await UntilAsync(async () =>
        {
            history = await monitor.FindGroupAsync(gid, TestContext.Current.CancellationToken);
            return history is not null && history.Group.Outcome != FatOutcome.Answered && history.Branches.Length >= branches && (outcome is null || history.Group.Outcome == outcome);
        });
        return history!;
    }
}
