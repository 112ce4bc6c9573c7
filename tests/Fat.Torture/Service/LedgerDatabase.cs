namespace Fat.Torture.Service;

/// <summary>Where the accounts of this service are.</summary>
public sealed record LedgerDatabase(string ConnectionString);
