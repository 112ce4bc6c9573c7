namespace Accounts;

/// <summary>What an account is opened with.</summary>
public sealed record AccountTerms(decimal Balance, int CheckMilliseconds = 0);
