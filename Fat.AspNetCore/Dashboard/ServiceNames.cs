namespace Fat.AspNetCore.Dashboard;

/// <summary>The services that are known, this one among them.</summary>
internal static class ServiceNames
{
    public static async Task<IReadOnlyList<string>> ReadAsync(Sources sources, Reads reads, CancellationToken cancellationToken)
    {
        var known = await reads.ReadAsync(Reads.Registry, () => sources.Monitor.ListServicesAsync(cancellationToken)).ConfigureAwait(false);
        return [.. (known ?? []).Append(sources.Service).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }
}
