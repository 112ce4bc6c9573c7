using Fat.Protocol;

namespace Fat.Coordination;

/// <summary>Carries decisions to the registry, behind the root's answer to its client (rule S4: only root and recovery do).</summary>
internal sealed class DecisionPublisher(Node node)
    : BatchQueue<(GroupId Gid, DecisionRecord Decision)>("publish", node)
{
    public void Publish(GroupId gid, DecisionRecord decision) => Enqueue((gid, decision));

    protected override Task SendAsync(IReadOnlyList<(GroupId Gid, DecisionRecord Decision)> batch, CancellationToken cancellationToken) =>
        Task.WhenAll(batch.Select(item => Node.Registry.PublishAsync(item.Gid, item.Decision, cancellationToken).AsTask()));
}
