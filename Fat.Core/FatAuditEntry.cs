namespace Fat;

/// <summary>An entry of the audit table. Immutable.</summary>
/// <param name="Subject">The group or the message.</param>
/// <param name="Action">What was done: <c>committed</c> and <c>rolledback</c> are forced decisions.</param>
/// <param name="Effect">What came of it, as <c>decided</c> or <c>none</c>; <c>asked</c> where the entry was written before the action.</param>
/// <param name="By">Who.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When, by the database's clock.</param>
/// <param name="Instance">The process that did it.</param>
/// <param name="Database">The database that holds the entry.</param>
public sealed record FatAuditEntry(string Subject, string Action, string Effect, string By, string Reason, DateTimeOffset At, string Instance, string Database);
