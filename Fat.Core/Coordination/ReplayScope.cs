namespace Fat.Coordination;

/// <summary>
/// What is around a method that is run again for a lost branch: the group is over, and what it called took part in it then. So nothing
/// but the method's own transaction can be done here.
/// </summary>
internal sealed class ReplayScope(string gid, TimeSpan time, TimeProvider clock, CancellationToken cancellationToken) : FatContext
{
    private readonly long _began = clock.GetTimestamp();

    public override string Gid => gid;

    public override bool IsRoot => false;

    public override TimeSpan Remaining
    {
        get
        {
            var left = time - clock.GetElapsedTime(_began);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public override CancellationToken Aborted => cancellationToken;

    /// <summary>Why the method wants to be rolled back; null when it does not.</summary>
    public string? AbortReason { get; private set; }

    public override void Abort(string reason) => AbortReason ??= reason;

    public static InvalidOperationException Refused(string what) =>
        new($"A lost branch is being replayed, which cannot {what}: that took part in the group by itself.");

    internal override FatRemoteCall BeginCall(string target) => throw Refused($"call {target}");
}
