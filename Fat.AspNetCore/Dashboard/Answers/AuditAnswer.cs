namespace Fat.AspNetCore.Dashboard;

internal sealed record AuditAnswer(string Subject, string Action, string Effect, string By, string Reason, DateTimeOffset At, string Instance, string Database)
{
    public static AuditAnswer Of(FatAuditEntry entry) => new(entry.Subject, entry.Action, entry.Effect, entry.By, entry.Reason, entry.At, entry.Instance, entry.Database);
}
