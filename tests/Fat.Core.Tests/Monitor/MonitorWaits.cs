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
    public static Task<FatGroupHistory> ToldAsync(IFatMonitor monitor, string gid, int branches, FatOutcome? outcome = null) =>
        ToldAsync(monitor, gid, branches, group => group.Outcome != FatOutcome.Answered && (outcome is null || group.Outcome == outcome));

    /// <summary>A group that is not in doubt any more, or never was.</summary>
    public static Task<FatGroupHistory> SettledAsync(IFatMonitor monitor, string gid, int branches) =>
        ToldAsync(monitor, gid, branches, group => group.Outcome is FatOutcome.Committed or FatOutcome.RolledBack);

    private static async Task<FatGroupHistory> ToldAsync(IFatMonitor monitor, string gid, int branches, Func<FatPastGroup, bool> holds)
    {
        FatGroupHistory? history = null;
        try
        {
            await UntilAsync(async () =>
            {
                history = await monitor.FindGroupAsync(gid, TestContext.Current.CancellationToken);
                return history is not null && history.Branches.Length >= branches && holds(history.Group);
            });
        }
        catch (OperationCanceledException exception) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"What is told of group {gid} is {history?.Group} [{string.Join(", ", history?.Branches.AsEnumerable() ?? [])}].", exception);
        }

        return history!;
    }
}
