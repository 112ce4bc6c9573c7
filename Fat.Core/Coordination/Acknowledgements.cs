using Fat.Protocol;

namespace Fat.Coordination;

/// <summary>Tells the registry which branches have obeyed the decision, so that records and decision rows can go (rule S7).</summary>
internal sealed class Acknowledgements(Node node)
    : BatchQueue<(GroupId Gid, BranchId Branch)>("acknowledge", node)
{
    /// <summary>They only let rows go that stay for half a minute anyway.</summary>
    protected override TimeSpan Gathering { get; } = TimeSpan.FromMilliseconds(50);

    public void Add(GroupId gid, BranchId branch) => Enqueue((gid, branch));

    protected override IEnumerable<IReadOnlyList<(GroupId Gid, BranchId Branch)>> Parts(IReadOnlyList<(GroupId Gid, BranchId Branch)> batch) =>
        batch.GroupBy(item => item.Gid).Select(group => group.ToList());

    protected override async Task SendAsync(IReadOnlyList<(GroupId Gid, BranchId Branch)> part, CancellationToken cancellationToken) =>
        await Node.Registry.DoneAsync(part[0].Gid, [.. part.Select(item => item.Branch)], cancellationToken).ConfigureAwait(false);
}
