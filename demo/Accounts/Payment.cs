namespace Accounts;

/// <summary>What one order takes from one account: the request, and the row that remains of it.</summary>
public sealed record Payment(Guid Order, string Account, decimal Amount)
{
    public long Id { get; private set; }
}
