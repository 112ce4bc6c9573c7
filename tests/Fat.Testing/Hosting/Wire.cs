using Fat.Testing.Faults;

namespace Fat.Testing.Hosting;

/// <summary>Where faults strike calls that belong to a group.</summary>
internal static class Wire
{
    /// <summary>The group that a request carries; none for one that carries none.</summary>
    public static IReadOnlyList<string> GroupsOf(HttpRequestMessage request) =>
        request.Headers.TryGetValues(FatRemoteFields.Context, out var values) ? GroupsOf(values.FirstOrDefault()) : [];

    public static IReadOnlyList<string> GroupsOf(string? context) => context?.Split(';') is [_, var gid, ..] ? [gid] : [];

    public static ValueTask BeforeAsync(Incarnation process, IReadOnlyList<string> groups) => PassAsync(process, groups, Side.Before);

    public static ValueTask AfterAsync(Incarnation process, IReadOnlyList<string> groups) => PassAsync(process, groups, Side.After);

    private static async ValueTask PassAsync(Incarnation process, IReadOnlyList<string> groups, Side side)
    {
        if (groups.Count > 0)
            await process.Service.Cluster.Faults.Plan.StrikeCallAsync(new Place(process.Service.Name, Site.Call, side), process, groups).ConfigureAwait(false);
    }
}
