using Fat.Protocol;
using Fat.Registry;
using Microsoft.Extensions.Logging;

namespace Fat.Coordination;

/// <summary>Tells the registry which branches have obeyed the decision, so that records and decision rows can go (rule S7).</summary>
internal sealed class Acknowledgements(IGroupRegistry registry, TimeProvider time, ILogger logger)
    : BatchQueue<(GroupId Gid, BranchId Branch)>("acknowledge", time, logger)
{
    public void Add(GroupId gid, BranchId branch) => Enqueue((gid, branch));

    protected override Task SendAsync(IReadOnlyList<(GroupId Gid, BranchId Branch)> batch, CancellationToken cancellationToken) =>
        Task.WhenAll(batch.GroupBy(item => item.Gid, item => item.Branch)
            .Select(group => registry.DoneAsync(group.Key, [.. group], cancellationToken).AsTask()));
}
