using Fat.Protocol;

namespace Fat.Coordination;

/// <summary>Carries decisions to the registry, behind the root's answer to its client (rule S4: only root and recovery do).</summary>
internal sealed class DecisionPublisher(Node node)
    : BatchQueue<(GroupId Gid, DecisionRecord Decision)>("publish", node)
{
    public void Publish(GroupId gid, DecisionRecord decision) => Enqueue((gid, decision));

    protected override IEnumerable<IReadOnlyList<(GroupId Gid, DecisionRecord Decision)>> Parts(IReadOnlyList<(GroupId Gid, DecisionRecord Decision)> batch) =>
        batch.Chunk(1);

    protected override async Task SendAsync(IReadOnlyList<(GroupId Gid, DecisionRecord Decision)> part, CancellationToken cancellationToken) =>
        await Node.Registry.PublishAsync(part[0].Gid, part[0].Decision, cancellationToken).ConfigureAwait(false);
}
