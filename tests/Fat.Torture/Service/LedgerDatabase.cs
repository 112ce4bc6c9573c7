namespace Fat.Torture.Service;

/// <summary>Where the accounts of this service are.</summary>
public sealed record LedgerDatabase(string ConnectionString)
{
    /// <summary>The name under which the same database is known whose transactions are held.</summary>
    public const string Held = "held";
}
