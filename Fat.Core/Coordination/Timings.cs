namespace Fat.Coordination;

/// <summary>The waits and intervals of a process; see <see cref="FatOptions"/> for their meaning.</summary>
internal sealed record Timings(
    TimeSpan WaitResult, TimeSpan WaitCommit, TimeSpan CommitPollInterval, TimeSpan GroupTimeout, TimeSpan RecoveryInterval)
{
    /// <summary>How long the row of a commit stays at least, by the clock of its database.</summary>
    public TimeSpan DecisionKept => RecoveryInterval * 6;

    /// <summary>
    /// How long a root that does not know whether its commit went through takes "there is no row" for "rolled back", by its own
    /// clock and from before the row was written. Later the row may be gone because every branch has obeyed it (rule S7).
    /// </summary>
    public TimeSpan AbsenceTrusted => DecisionKept / 2;
}
