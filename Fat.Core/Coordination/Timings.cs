namespace Fat.Coordination;

/// <summary>The waits and intervals of a process; see <see cref="FatOptions"/> for their meaning.</summary>
internal sealed record Timings(
    TimeSpan WaitResult, TimeSpan WaitCommit, TimeSpan CommitPollInterval, TimeSpan GroupTimeout, TimeSpan RecoveryInterval)
{
    /// <summary>The registry forgets a group a minute after the last branch has acknowledged: the row is looked at before that.</summary>
    private static readonly TimeSpan LongestKept = TimeSpan.FromSeconds(30);

    /// <summary>How long the row of a commit stays at least, by the clock of its database.</summary>
    public TimeSpan DecisionKept => RecoveryInterval * 6 < LongestKept ? RecoveryInterval * 6 : LongestKept;

    /// <summary>
    /// How long a root that does not know whether its commit went through takes "there is no row" for "rolled back", by its own
    /// clock and from before the row was written. Later the row may be gone because every branch has obeyed it (rule S7).
    /// </summary>
    public TimeSpan AbsenceTrusted => DecisionKept / 2;
}
