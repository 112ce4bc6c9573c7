using Fat.Coordination;
using Fat.Registry;

namespace Fat.Messages;

/// <summary>What everything about messages works with in this process.</summary>
internal sealed record MessageCenter(
    Participant Participant,
    IWorkQueues Queues,
    IMessageRecords Records,
    MessageStores Stores,
    FatMessageOptions Options,
    IServiceProvider Services)
{
    public Node Node => Participant.Node;

    /// <summary>Between 0 and 1, so that what failed together does not come back together.</summary>
    public static double Chance() => Random.Shared.NextDouble();
}
