using Microsoft.AspNetCore.Http;

namespace Fat.AspNetCore.Dashboard;

/// <summary>What operators did.</summary>
internal sealed class AuditList(Sources sources)
{
    private const int Listed = 100;

    public async Task<PartAnswer<AuditAnswer>> ListAsync(HttpContext http) => PartAnswer<AuditAnswer>.Of(
        await sources.Audit.ListAsync(RequestFields.Subject(http), RequestFields.Limit(http, Listed), RequestFields.Skip(http), http.RequestAborted).ConfigureAwait(false), AuditAnswer.Of);

    /// <summary>The latest entries of a group or message, beside what else is shown of it.</summary>
    public static async Task<IReadOnlyList<AuditAnswer>> ReadAsync(Sources sources, string subject, Reads reads, CancellationToken cancellationToken)
    {
        var list = await reads.ReadAsync(Reads.Audit, () => reads.ListAsync(sources.Audit.ListAsync(subject, Listed, cancellationToken: cancellationToken))).ConfigureAwait(false);
        return [.. list?.Items.Select(AuditAnswer.Of) ?? []];
    }
}
