namespace Fat.Testing;

/// <summary>
/// The groups of a cluster, to be waited for and asserted on. Every wait is on events, ends with <see cref="FatTestClusterOptions.Patience"/>, and then tells the story of
/// each group. Thread-safe.
/// </summary>
public sealed class FatTestGroups
{
    private readonly FatTestCluster _cluster;

    internal FatTestGroups(FatTestCluster cluster) => _cluster = cluster;

    /// <summary>The groups so far, in the order in which they began, as they are now.</summary>
    public IReadOnlyList<FatTestGroup> All => _cluster.Book.All;

    /// <summary>Waits until the only group is over: it is decided, and every branch has obeyed.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FatTestException">It does not come to that, or there are several groups.</exception>
    public Task<FatTestGroup> SingleAsync(CancellationToken cancellationToken = default) => _cluster.Patience.FindAsync(
        () => All switch
        {
            [{ IsOver: true } only] => only,
            { Count: > 1 } several => throw new FatTestException(_cluster.Patience.Story($"One group was expected, and there are {several.Count}.")),
            _ => null,
        },
        static () => "One group was expected to come to its end", cancellationToken);

    /// <summary>Waits until the only group is over, and expects that it and all its branches have committed.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FatTestException">It has not, or there are several groups.</exception>
    public async Task<FatTestGroup> CommittedAsync(CancellationToken cancellationToken = default) =>
        (await SingleAsync(cancellationToken).ConfigureAwait(false)).ShouldHaveCommitted();

    /// <summary>Waits until the only group is over, and expects that it and all its branches have rolled back.</summary>
    /// <param name="because">A part of the reason; null for any.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FatTestException">It has not, or for another reason, or there are several groups.</exception>
    public async Task<FatTestGroup> RolledBackAsync(string? because = null, CancellationToken cancellationToken = default) =>
        (await SingleAsync(cancellationToken).ConfigureAwait(false)).ShouldHaveRolledBack(because);

    /// <summary>Waits until a group is over.</summary>
    /// <param name="gid">The group.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FatTestException">It does not come to that.</exception>
    public Task<FatTestGroup> OverAsync(string gid, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(gid);
        return _cluster.Patience.FindAsync(
            () => All.FirstOrDefault(group => group.Gid == gid && group.IsOver), () => $"Group {gid} was expected to come to its end", cancellationToken);
    }

    /// <summary>Waits until there is a group of which something is true, over or not.</summary>
    /// <param name="condition">What is to be true.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FatTestException">It does not come to that.</exception>
    public Task<FatTestGroup> WhereAsync(Func<FatTestGroup, bool> condition, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return _cluster.Patience.FindAsync(() => All.FirstOrDefault(condition), static () => "A group that fits the condition was expected", cancellationToken);
    }

    /// <summary>Waits until every group is over.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The groups.</returns>
    /// <exception cref="FatTestException">It does not come to that.</exception>
    public Task<IReadOnlyList<FatTestGroup>> AllOverAsync(CancellationToken cancellationToken = default) => _cluster.Patience.FindAsync(
        () => All is var all && all.All(group => group.IsOver) ? all : null, static () => "Every group was expected to come to its end", cancellationToken);

    /// <summary>Forgets the groups so far: a test's next act begins.</summary>
    public void Forget() => _cluster.Book.Forget();
}
