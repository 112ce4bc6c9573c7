using Fat.Protocol;

namespace Fat.Registry.InMemory;

/// <summary>The messages of one service. Not thread-safe: the store's lock guards it.</summary>
internal sealed class InMemoryMessages
{
    private readonly Dictionary<MessageId, InMemoryMessage> _messages = [];
    private readonly Dictionary<MessageState, InMemoryTimeline> _lists = Enum.GetValues<MessageState>().ToDictionary(state => state, _ => new InMemoryTimeline());
    private readonly InMemoryTimeline _asked = new();
    private readonly Dictionary<string, MessagePlace> _places = new(StringComparer.Ordinal);
    private readonly InMemoryTimeline _ended = new();
    private readonly Dictionary<string, MessagePlace> _endedPlaces = new(StringComparer.Ordinal);
    private int _sweepAt = 1024;

    public InMemoryMessage? Find(MessageId id, TimeSpan now)
    {
        if (!_messages.TryGetValue(id, out var message))
            return null;
        if (message.ExpiresAt > now)
            return message;
        _messages.Remove(id);
        return null;
    }

    public void Add(InMemoryMessage message, TimeSpan now)
    {
        if (_messages.Count >= _sweepAt)
        {
            foreach (var id in _messages.Values.Where(one => one.ExpiresAt <= now).Select(one => one.Id).ToList())
                _messages.Remove(id);
            _sweepAt = Math.Max(1024, 2 * _messages.Count);
        }

        _messages.Add(message.Id, message);
    }

    public void Prepare(InMemoryMessage message, TimeSpan timeout, TimeSpan now)
    {
        message.ExpiresAt = now + timeout + RegistryLifetimes.PreparedMessage;
        Add(message, now);
        Turn(message, MessageState.Prepared, now);
        _asked.Put(message.Id.Text, now + timeout);
        _places[message.Id.Text] = new MessagePlace(message.Id, message.Origin.Database);
    }

    public void Cancel(InMemoryMessage message, string reason, TimeSpan now, DateTimeOffset utc)
    {
        (message.Ended, message.Reason, message.ExpiresAt) = (utc, ReasonText.Cut(reason), now + RegistryLifetimes.MessageOver);
        Turn(message, MessageState.Cancelled, now);
    }

    /// <summary>The state of a message that was submitted, by its branches.</summary>
    public void Settle(InMemoryMessage message, TimeSpan kept, TimeSpan now, DateTimeOffset utc)
    {
        var state = message.StateByBranches;
        if (state is MessageState.Submitted or MessageState.Failed)
        {
            message.ExpiresAt = now + RegistryLifetimes.Message;
            Turn(message, state, message.SubmittedAt);
            return;
        }

        if (message.Ended is null)
        {
            (message.Ended, message.EndedAt, message.ExpiresAt) = (utc, now, now + kept);
            var place = new MessagePlace(message.Id, message.Origin.Database);
            _ended.Put(Line(place), now);
            _endedPlaces[Line(place)] = place;
            foreach (var line in _ended.Trim(RegistryLimits.EndedMessages))
                _endedPlaces.Remove(line);
        }

        Turn(message, state, message.EndedAt);
    }

    public void Unlist(MessageId id)
    {
        foreach (var list in _lists.Values)
            list.Remove(id.Text);
        _asked.Remove(id.Text);
        _places.Remove(id.Text);
    }

    public List<MessagePlace> TakeOverdue(int most, TimeSpan pause, TimeSpan now)
    {
        var overdue = _asked.Until(now, most);
        foreach (var id in overdue)
            _asked.Put(id, now + pause);
        return [.. overdue.Select(id => _places[id])];
    }

    public List<MessagePlace> TakeEnded(int most, TimeSpan pause, TimeSpan now)
    {
        var ended = _ended.Until(now, most);
        foreach (var line in ended)
            _ended.Put(line, now + pause);
        return [.. ended.Select(line => _endedPlaces[line])];
    }

    public bool HasEnded(MessagePlace place) => _endedPlaces.ContainsKey(Line(place));

    public void ForgetEnded(MessagePlace place)
    {
        _ended.Remove(Line(place));
        _endedPlaces.Remove(Line(place));
    }

    public List<MessageId> List(MessageState state, int skip, int most) =>
        [.. _lists[state].Newest(skip, most).Select(text => MessageId.TryParse(text, out var id) ? id : default)];

    public long Count(MessageState state) => _lists[state].Count;

    private static string Line(MessagePlace place) => $"{place.Id} {place.Database}";

    private void Turn(InMemoryMessage message, MessageState state, TimeSpan at)
    {
        Unlist(message.Id);
        message.State = state;
        _lists[state].Put(message.Id.Text, at);
        if (state is MessageState.Consumed or MessageState.Cancelled)
            _lists[state].Trim(RegistryLimits.ListedMessages);
    }
}
