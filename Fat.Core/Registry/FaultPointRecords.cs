using Fat.Faults;
using Fat.Protocol;

namespace Fat.Registry;

/// <summary>Records of messages with fault points around what is told. Only there when a test has set some.</summary>
internal sealed class FaultPointRecords(IMessageRecords records, FaultPoints faults) : IMessageRecords
{
    public ValueTask PrepareAsync(FatName service, MessageId id, MessageOrigin origin, TimeSpan timeout, CancellationToken cancellationToken) =>
        DoAsync(FaultPoint.PrepareMessage, () => records.PrepareAsync(service, id, origin, timeout, cancellationToken));

    public async ValueTask<IReadOnlyList<IReadOnlyList<string>>> SubmitAsync(FatName service, IReadOnlyList<SubmittedMessage> messages, CancellationToken cancellationToken)
    {
        await faults.BeforeAsync(FaultPoint.SubmitMessage).ConfigureAwait(false);
        var consumed = await records.SubmitAsync(service, messages, cancellationToken).ConfigureAwait(false);
        await faults.AfterAsync(FaultPoint.SubmitMessage).ConfigureAwait(false);
        return consumed;
    }

    public ValueTask CancelAsync(FatName service, MessageId id, string reason, CancellationToken cancellationToken) =>
        DoAsync(FaultPoint.CancelMessage, () => records.CancelAsync(service, id, reason, cancellationToken));

    public ValueTask TellAsync(FatName service, IReadOnlyList<BranchNews> news, TimeSpan kept, CancellationToken cancellationToken) =>
        DoAsync(FaultPoint.TellBranch, () => records.TellAsync(service, news, kept, cancellationToken));

    public ValueTask<IReadOnlyList<MessageRecord?>> ReadAsync(FatName service, IReadOnlyList<MessageId> ids, CancellationToken cancellationToken) =>
        records.ReadAsync(service, ids, cancellationToken);

    public ValueTask<IReadOnlyList<MessagePlace>> TakeOverdueAsync(FatName service, int most, TimeSpan pause, CancellationToken cancellationToken) =>
        records.TakeOverdueAsync(service, most, pause, cancellationToken);

    public ValueTask<IReadOnlyList<MessagePlace>> TakeEndedAsync(FatName service, int most, TimeSpan pause, CancellationToken cancellationToken) =>
        records.TakeEndedAsync(service, most, pause, cancellationToken);

    public ValueTask<IReadOnlySet<MessagePlace>> EndedAmongAsync(FatName service, IReadOnlyList<MessagePlace> places, CancellationToken cancellationToken) =>
        records.EndedAmongAsync(service, places, cancellationToken);

    public ValueTask ForgetEndedAsync(FatName service, IReadOnlyList<MessagePlace> places, CancellationToken cancellationToken) =>
        records.ForgetEndedAsync(service, places, cancellationToken);

    public ValueTask<IReadOnlyList<MessageId>> ListAsync(FatName service, MessageState state, int skip, int most, CancellationToken cancellationToken) =>
        records.ListAsync(service, state, skip, most, cancellationToken);

    public ValueTask<long> CountAsync(FatName service, MessageState state, CancellationToken cancellationToken) => records.CountAsync(service, state, cancellationToken);

    public ValueTask SubscribeAsync(FatName topic, FatName group, CancellationToken cancellationToken) => records.SubscribeAsync(topic, group, cancellationToken);

    public ValueTask UnsubscribeAsync(FatName topic, FatName group, CancellationToken cancellationToken) => records.UnsubscribeAsync(topic, group, cancellationToken);

    public ValueTask<IReadOnlyList<FatName>> GroupsAsync(FatName topic, CancellationToken cancellationToken) => records.GroupsAsync(topic, cancellationToken);

    public ValueTask<IReadOnlyList<FatName>> TopicsAsync(CancellationToken cancellationToken) => records.TopicsAsync(cancellationToken);

    private async ValueTask DoAsync(FaultPoint point, Func<ValueTask> message)
    {
        await faults.BeforeAsync(point).ConfigureAwait(false);
        await message().ConfigureAwait(false);
        await faults.AfterAsync(point).ConfigureAwait(false);
    }
}
