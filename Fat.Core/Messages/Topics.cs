using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Data.Common;
using Fat.Diagnostics;
using Fat.Protocol;
using Fat.Registry;
using Fat.Resources;

namespace Fat.Messages;

/// <summary>
/// The groups of subscribers of topics, as this process knows them. What a producer has once seen stays in its database, so that a group whose subscription Redis loses misses
/// nothing that is published before it subscribes again. Thread-safe.
/// </summary>
internal sealed class Topics(MessageCenter center)
{
    /// <summary>The <c>reason</c> of rows that remember subscriptions; no service can have such a name.</summary>
    private const string Reason = "msg:#topic";

    private const string Prefix = "topic:";
    private const int Most = 10_000;

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    /// <summary>Another instance may have forgotten a group.</summary>
    private static readonly TimeSpan ReadAgain = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<FatName, Entry> _topics = new();
    private readonly OneAtATime _remembering = new(center.Node.Background);
    private volatile Memory? _remembered;

    /// <summary>Asks Redis at most once a second; when it is away, what is known counts.</summary>
    public async ValueTask<ImmutableArray<FatName>> GroupsAsync(FatName topic, CancellationToken cancellationToken)
    {
        var known = _topics.GetValueOrDefault(topic);
        if (known is not null && center.Node.Time.GetElapsedTime(known.At) < Fresh)
            return known.Groups;
        try
        {
            return await ReadAsync(topic, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryUnavailableException exception)
        {
            // What was known and remembered before counts. A group that nobody had read by then misses the message.
            FatLog.TopicNotRead(center.Node.Logger, topic, exception);
            ImmutableArray<FatName> groups = known?.Groups ?? [.. await RememberedAsync(topic, cancellationToken).ConfigureAwait(false)];
            if (groups.IsEmpty)
                throw;
            return groups;
        }
    }

    /// <summary>Reads again, between messages, what this process has published to: who subscribes for the first time is known here soon, and remembered, should Redis be away or empty when the next message comes.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var topic in _topics.Keys)
                await ReadAsync(topic, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryUnavailableException)
        {
            // What is known stays known; the next turn reads it.
        }
    }

    /// <summary>The application does without a group of subscribers.</summary>
    public async Task ForgetAsync(FatName topic, FatName group, CancellationToken cancellationToken)
    {
        await center.Records.UnsubscribeAsync(topic, group, cancellationToken).ConfigureAwait(false);
        if (center.Stores.Default is { } rows)
            await rows.EndAsync([Id(topic, group)], keep: false, cancellationToken).ConfigureAwait(false);
        _remembered = null;
        _topics.TryRemove(topic, out _);
    }

    private async Task<ImmutableArray<FatName>> ReadAsync(FatName topic, CancellationToken cancellationToken)
    {
        var told = await center.Records.GroupsAsync(topic, cancellationToken).ConfigureAwait(false);
        var remembered = await RememberAsync(topic, told, cancellationToken).ConfigureAwait(false);
        ImmutableArray<FatName> groups = [.. told.Union(remembered).OrderBy(group => group.Text, StringComparer.Ordinal)];
        _topics[topic] = new Entry(groups, center.Node.Time.GetTimestamp());
        return groups;
    }

    private async Task<IEnumerable<FatName>> RememberedAsync(FatName topic, CancellationToken cancellationToken) =>
        (await AllRememberedAsync(cancellationToken).ConfigureAwait(false)).Of(topic);

    private async Task<IEnumerable<FatName>> RememberAsync(FatName topic, IReadOnlyList<FatName> told, CancellationToken cancellationToken)
    {
        if (center.Stores.Default is not { } rows)
            return [];
        try
        {
            var remembered = await AllRememberedAsync(cancellationToken).ConfigureAwait(false);
            foreach (var group in told.Where(group => !remembered.Pairs.Contains((topic, group))))
            {
                await rows.TryInsertAsync(Id(topic, group), Reason, null, cancellationToken).ConfigureAwait(false);
                _remembered = null;
            }

            return await RememberedAsync(topic, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException exception)
        {
            // Nothing is lost unless Redis is lost at the same time; the next message tries again, and needs this database anyway.
            FatLog.TopicNotRemembered(center.Node.Logger, topic, exception);
            return _remembered?.Of(topic) ?? [];
        }
    }

    private async Task<Memory> AllRememberedAsync(CancellationToken cancellationToken)
    {
        if (_remembered is { } known && IsFresh(known))
            return known;
        await _remembering.EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_remembered is { } meanwhile && IsFresh(meanwhile))
                return meanwhile;
            var now = center.Node.Time.GetTimestamp();
            if (center.Stores.Default is not { } rows)
                return new Memory(new HashSet<(FatName, FatName)>(), now);
            await rows.EnsureTableAsync(cancellationToken).ConfigureAwait(false);
            var stored = await rows.ListAsync(Reason, TimeSpan.Zero, null, Most, cancellationToken).ConfigureAwait(false);
            return _remembered = new Memory(stored.Select(row => Parse(row.Id)).OfType<(FatName, FatName)>().ToHashSet(), now);
        }
        finally
        {
            _remembering.Leave();
        }

        bool IsFresh(Memory memory) => center.Node.Time.GetElapsedTime(memory.At) < ReadAgain;
    }

    private static MessageId Id(FatName topic, FatName group) => MessageId.TryParse($"{Prefix}{topic}:{group}", out var id) ? id : throw new InvalidOperationException("A name is no part of an id.");

    private static (FatName Topic, FatName Group)? Parse(MessageId id) =>
        id.Text.Split(':') is [_, var topic, var group] && FatName.TryParse(topic, out var topicName) && FatName.TryParse(group, out var groupName) ? (topicName, groupName) : null;

    private sealed record Entry(ImmutableArray<FatName> Groups, long At);

    /// <summary>What the database remembers, as of a time.</summary>
    private sealed record Memory(IReadOnlySet<(FatName Topic, FatName Group)> Pairs, long At)
    {
        public IEnumerable<FatName> Of(FatName topic) => Pairs.Where(pair => pair.Topic == topic).Select(pair => pair.Group);
    }
}
