using Fat.Protocol;

namespace Fat.Registry.InMemory;

/// <summary>One queue of work. Not thread-safe: the store's lock guards it.</summary>
internal sealed class InMemoryWorkQueue
{
    private readonly Dictionary<string, InMemoryPiece> _pieces = new(StringComparer.Ordinal);
    private readonly Dictionary<WorkState, SortedSet<InMemoryPiece>> _lists =
        Enum.GetValues<WorkState>().ToDictionary(state => state, _ => new SortedSet<InMemoryPiece>(InMemoryPiece.Order));

    private readonly Dictionary<string, InMemoryPiece> _holders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedSet<InMemoryPiece>> _waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<InstanceId, TimeSpan> _idle = [];
    private TimeSpan _idleUntil;
    private long _number;
    private bool _news;
    private bool _turn;

    public QueueCounts Counts => new(
        _lists[WorkState.Ready].Count + _waiting.Values.Sum(pieces => pieces.Count), _lists[WorkState.Later].Count, _lists[WorkState.Taken].Count,
        _lists[WorkState.SetAside].Count);

    public InMemoryPiece? Find(string id) => _pieces.GetValueOrDefault(id);

    public void Put(IEnumerable<WorkItem> items, TimeSpan now)
    {
        foreach (var item in items)
        {
            if (_pieces.TryGetValue(item.Id, out var piece))
                continue;
            piece = new InMemoryPiece(item, Number(now)) { Due = item.Delay > TimeSpan.Zero ? now + item.Delay : TimeSpan.Zero };
            _pieces.Add(piece.Id, piece);
            Enter(piece, now);

            // Whoever looks again later does not know that this one is due before.
            _news |= _lists[WorkState.Later].Min == piece;
        }

        _news |= _lists[WorkState.Ready].Count > 0;
    }

    public TakenWork Take(InstanceId instance, int most, TimeSpan lease, TimeSpan now)
    {
        // What hangs and comes again and again would leave nothing to the others. One alone is for either of them, in turn.
        _turn = !_turn;
        var half = most == 1 && _turn ? 0 : (most + 1) / 2;
        var forDue = most - Math.Min(_lists[WorkState.Ready].Count, half);
        var taken = new List<TakenItem>();
        foreach (var piece in Due(WorkState.Taken, forDue))
        {
            piece.Failures++;
            piece.Reason = "the lease ended: its taker died or was stopped";
            Take(piece);
        }

        foreach (var piece in Due(WorkState.Later, forDue - taken.Count))
            Take(piece);
        while (taken.Count < most && _lists[WorkState.Ready].Min is { } first)
            Take(first);
        if (taken.Count < most)
            (_idle[instance], _idleUntil) = (now, now + RegistryLifetimes.Messages);
        else
            _idle.Remove(instance);
        return new TakenWork(taken, Next(now));

        List<InMemoryPiece> Due(WorkState state, int count) => [.. _lists[state].TakeWhile(piece => piece.At <= now).Take(count)];

        void Take(InMemoryPiece piece)
        {
            Unlist(piece);
            piece.Fence = Number(now);
            List(piece, WorkState.Taken, now + lease);
            taken.Add(new TakenItem(new WorkHold(piece.Id, piece.Fence), piece.Body, piece.Key, piece.Failures));
        }
    }

    public bool Renew(WorkHold hold, TimeSpan lease, TimeSpan now)
    {
        if (Held(hold) is not { } piece)
            return false;
        Unlist(piece);
        List(piece, WorkState.Taken, now + lease);
        return true;
    }

    public bool End(WorkEnd end, TimeSpan now)
    {
        if (Held(end.Hold) is not { } piece)
            return false;
        if (end.Outcome == WorkOutcome.Done)
        {
            Remove(piece, now);
            return true;
        }

        Unlist(piece);
        var again = end.Outcome == WorkOutcome.Again;
        piece.Body = end.Body ?? piece.Body;
        piece.Reason = ReasonText.Cut(end.Reason) ?? (again ? piece.Reason : null);
        piece.Failures += again ? 0 : 1;
        if (end.Outcome == WorkOutcome.SetAside)
        {
            List(piece, WorkState.SetAside, now);
            Release(piece, now);
        }
        else
        {
            piece.Due = end.Delay > TimeSpan.Zero ? now + end.Delay : TimeSpan.Zero;
            ListByTime(piece, now);
        }

        return true;
    }

    public bool RetryNow(string id, TimeSpan now)
    {
        if (Find(id) is not { State: WorkState.Later or WorkState.SetAside } piece)
            return false;
        Unlist(piece);
        (piece.Failures, piece.Reason, piece.Due) = (0, null, TimeSpan.Zero);
        Enter(piece, now);
        return true;
    }

    public void Remove(InMemoryPiece piece, TimeSpan now)
    {
        Unlist(piece);
        _pieces.Remove(piece.Id);
        Release(piece, now);
    }

    /// <summary>Whom to tell of what has become ready since it was last asked: whoever came last.</summary>
    public InstanceId? Wake(TimeSpan now)
    {
        var news = _news;
        _news = false;
        if (_idleUntil <= now)
            _idle.Clear();
        if (!news || _idle.Count == 0)
            return null;
        var instance = _idle.OrderByDescending(entry => entry.Value).ThenByDescending(entry => entry.Key.Text, StringComparer.Ordinal).First().Key;
        _idle.Remove(instance);
        return instance;
    }

    private InMemoryPiece? Held(WorkHold hold) => Find(hold.Id) is { State: WorkState.Taken } piece && piece.Fence == hold.Fence ? piece : null;

    private TimeSpan? Next(TimeSpan now)
    {
        TimeSpan? soonest = null;
        foreach (var first in (InMemoryPiece?[])[_lists[WorkState.Later].Min, _lists[WorkState.Taken].Min])
        {
            if (first is not null && (soonest is null || first.At < soonest))
                soonest = first.At;
        }

        return soonest is { } at ? (at > now ? at - now : TimeSpan.Zero) : null;
    }

    private long Number(TimeSpan now) => _number = Math.Max(_number + 1, (long)now.TotalMicroseconds);

    private void Enter(InMemoryPiece piece, TimeSpan now)
    {
        if (piece.Key is { } key && !_holders.TryAdd(key, piece) && _holders[key] != piece)
        {
            if (!_waiting.TryGetValue(key, out var waiting))
                _waiting.Add(key, waiting = new SortedSet<InMemoryPiece>(InMemoryPiece.Order));
            (piece.State, piece.At) = (WorkState.Ready, TimeSpan.Zero);
            waiting.Add(piece);
            return;
        }

        ListByTime(piece, now);
    }

    /// <summary>For a piece that has its key, or needs none.</summary>
    private void ListByTime(InMemoryPiece piece, TimeSpan now)
    {
        var later = piece.Due > now;
        List(piece, later ? WorkState.Later : WorkState.Ready, later ? piece.Due : TimeSpan.Zero);
        _news |= !later;
    }

    private void List(InMemoryPiece piece, WorkState state, TimeSpan at)
    {
        (piece.State, piece.At) = (state, at);
        _lists[state].Add(piece);
    }

    private void Unlist(InMemoryPiece piece)
    {
        if (_lists[piece.State].Remove(piece) || piece.Key is not { } key || !_waiting.TryGetValue(key, out var waiting))
            return;
        waiting.Remove(piece);
        if (waiting.Count == 0)
            _waiting.Remove(key);
    }

    /// <summary>The next one of its key has its turn.</summary>
    private void Release(InMemoryPiece piece, TimeSpan now)
    {
        if (piece.Key is not { } key || _holders.GetValueOrDefault(key) != piece)
            return;
        _holders.Remove(key);
        if (!_waiting.TryGetValue(key, out var waiting) || waiting.Min is not { } following)
            return;
        Unlist(following);
        Enter(following, now);
    }
}
