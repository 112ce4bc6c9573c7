namespace Accounts;

public sealed class Account
{
    public required string Name { get; init; }

    public decimal Balance { get; set; }

    /// <summary>How long this account's bank thinks before it lets a payment pass.</summary>
    public int CheckMilliseconds { get; set; }
}
