using System.Data.Common;
using Fat.Coordination;
using Fat.Diagnostics;
using Fat.Faults;
using Fat.Registry;

namespace Fat.Messages;

/// <summary>Lets rows go that nobody needs any more, in batches. Not thread-safe.</summary>
internal sealed class MessagePurge(MessageCenter center)
{
    private const int Batch = 500;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Dictionary<MessagePlace, long> _ended = [];
    private long? _purged;

    private Node Node => center.Node;

    /// <summary>All branches of a message are consumed.</summary>
    public void Ended(MessagePlace place) => _ended.TryAdd(place, Node.Time.GetTimestamp());

    /// <summary>Whether that is known here: its row is only waiting for its time.</summary>
    public bool HasEnded(MessagePlace place) => _ended.ContainsKey(place);

    public async Task TurnAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<MessagePlace> places;
        do
        {
            // Another instance takes over what this one does not live to end.
            places = await center.Records.TakeEndedAsync(Node.Service, Batch, Node.Timings.DecisionKept * 2, cancellationToken).ConfigureAwait(false);
            foreach (var place in places)
                Ended(place);
        }
        while (places.Count == Batch);

        // A producer that is in doubt about its commit takes the row's absence for a rollback, for a time.
        var due = _ended.Where(ended => Node.Time.GetElapsedTime(ended.Value) >= Node.Timings.DecisionKept).Select(ended => ended.Key).ToList();
        foreach (var batch in due.GroupBy(place => (place.Database, place.Id.IsOwn)))
            await EndAsync(batch.Key.Database is { } name ? center.Stores.Find(name) : null, [.. batch], !batch.Key.IsOwn, cancellationToken).ConfigureAwait(false);
        if (_purged is { } last && Node.Time.GetElapsedTime(last) < Interval)
            return;
        _purged = Node.Time.GetTimestamp();
        foreach (var rows in center.Stores.Tables)
            await PurgeAsync(rows, cancellationToken).ConfigureAwait(false);
    }

    private async Task EndAsync(MessageRows? rows, IReadOnlyList<MessagePlace> places, bool keep, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var batch in places.Chunk(Batch))
            {
                if (rows is not null)
                {
                    await Node.Faults.BeforeAsync(FaultPoint.EndMessage).ConfigureAwait(false);
                    await rows.EndAsync([.. batch.Select(place => place.Id)], keep, cancellationToken).ConfigureAwait(false);
                    await Node.Faults.AfterAsync(FaultPoint.EndMessage).ConfigureAwait(false);
                }

                await center.Records.ForgetEndedAsync(Node.Service, batch, cancellationToken).ConfigureAwait(false);
                foreach (var place in batch)
                    _ended.Remove(place);
            }
        }
        catch (DbException exception)
        {
            // The rows stay until the next turn.
            FatLog.DatabaseNotSearched(Node.Logger, rows!.Database.Name, exception);
        }
    }

    private async Task PurgeAsync(MessageRows rows, CancellationToken cancellationToken)
    {
        try
        {
            await rows.PurgeAsync(center.Options.RowsKept, center.Options.EndedKept, center.Options.BarriersKept, Batch, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException exception)
        {
            // What is old stays until the next turn.
            FatLog.DatabaseNotSearched(Node.Logger, rows.Database.Name, exception);
        }
    }
}
