namespace Fat.Coordination;

/// <summary>The waits and intervals of a process; see <see cref="FatOptions"/> for their meaning.</summary>
internal sealed record Timings(
    TimeSpan WaitResult, TimeSpan WaitCommit, TimeSpan CommitPollInterval, TimeSpan GroupTimeout, TimeSpan RecoveryInterval);
