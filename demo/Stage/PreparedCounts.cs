namespace Demo.Stage;

/// <summary>How many transactions have voted in each database and wait for the decision.</summary>
internal sealed record PreparedCounts(long Orders, long Stock, long Accounts)
{
    public bool IsNone => Orders + Stock + Accounts == 0;

    public override string ToString() => $"prepared: orders {Orders}, stock {Stock}, accounts {Accounts}";
}
