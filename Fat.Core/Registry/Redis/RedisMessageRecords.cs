using Fat.Protocol;
using StackExchange.Redis;

namespace Fat.Registry.Redis;

/// <summary>The records of messages on the server that has the registry.</summary>
internal sealed class RedisMessageRecords(RedisConnection connection, RedisKeys keys) : IMessageRecords
{
    private readonly RedisMessageScripts _scripts = new(keys);

    public async ValueTask PrepareAsync(FatName service, MessageId id, MessageOrigin origin, TimeSpan timeout, CancellationToken cancellationToken) =>
        await RunAsync("prepare a message", database => _scripts.PrepareAsync(database, service, id, origin, timeout), cancellationToken).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<IReadOnlyList<string>>> SubmitAsync(FatName service, IReadOnlyList<SubmittedMessage> messages, CancellationToken cancellationToken)
    {
        var consumed = new List<IReadOnlyList<string>>(messages.Count);
        foreach (var chunk in messages.Chunk(RegistryLimits.PiecesTogether))
            consumed.AddRange(await RunAsync("submit messages", database => _scripts.SubmitAsync(database, service, chunk), cancellationToken).ConfigureAwait(false));
        return consumed;
    }

    public async ValueTask CancelAsync(FatName service, MessageId id, string reason, CancellationToken cancellationToken) =>
        await RunAsync("cancel a message", database => _scripts.CancelAsync(database, service, id, reason), cancellationToken).ConfigureAwait(false);

    public async ValueTask TellAsync(FatName service, IReadOnlyList<BranchNews> news, TimeSpan kept, CancellationToken cancellationToken)
    {
        foreach (var chunk in news.Chunk(RegistryLimits.PiecesTogether))
            await RunAsync("tell of branches", database => _scripts.TellAsync(database, service, chunk, kept), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<MessageRecord?>> ReadAsync(FatName service, IReadOnlyList<MessageId> ids, CancellationToken cancellationToken)
    {
        var records = new List<MessageRecord?>(ids.Count);
        foreach (var chunk in ids.Chunk(RegistryLimits.PiecesTogether))
            records.AddRange(await RunAsync("read messages", database => _scripts.ReadAsync(database, service, chunk), cancellationToken).ConfigureAwait(false));
        return records;
    }

    public async ValueTask<IReadOnlyList<MessagePlace>> TakeOverdueAsync(FatName service, int most, TimeSpan pause, CancellationToken cancellationToken) =>
        await RunAsync("list overdue messages", database => _scripts.OverdueAsync(database, service, most, pause), cancellationToken).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<MessagePlace>> TakeEndedAsync(FatName service, int most, TimeSpan pause, CancellationToken cancellationToken) =>
        await RunAsync("take ended messages", database => _scripts.EndedAsync(database, service, most, pause), cancellationToken).ConfigureAwait(false);

    public async ValueTask<IReadOnlySet<MessagePlace>> EndedAmongAsync(FatName service, IReadOnlyList<MessagePlace> places, CancellationToken cancellationToken)
    {
        var ended = new HashSet<MessagePlace>();
        foreach (var chunk in places.Chunk(RegistryLimits.PiecesTogether))
        {
            var scores = await RunAsync("look for ended messages", database => database.ExecuteAsync("ZMSCORE", Lines(service, chunk)), cancellationToken).ConfigureAwait(false);
            ended.UnionWith(chunk.Zip((RedisResult[])scores!).Where(pair => !pair.Second.IsNull).Select(pair => pair.First));
        }

        return ended;
    }

    public async ValueTask ForgetEndedAsync(FatName service, IReadOnlyList<MessagePlace> places, CancellationToken cancellationToken) =>
        await RunAsync("forget ended messages", database => database.ExecuteAsync("ZREM", Lines(service, places)), cancellationToken).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<MessageId>> ListAsync(
        FatName service, MessageState state, int skip, int most, CancellationToken cancellationToken)
    {
        var ids = await ListAsync("list messages", "ZREVRANGE", [keys.Messages(service, state), skip, skip + most - 1], cancellationToken).ConfigureAwait(false);
        return [.. ids.Select(text => MessageId.TryParse(text, out var id) ? id : (MessageId?)null).OfType<MessageId>()];
    }

    public async ValueTask<long> CountAsync(FatName service, MessageState state, CancellationToken cancellationToken) =>
        (long)await RunAsync("count messages", database => database.ExecuteAsync("ZCARD", keys.Messages(service, state)), cancellationToken).ConfigureAwait(false);

    public async ValueTask SubscribeAsync(FatName topic, FatName group, CancellationToken cancellationToken) =>
        await RunAsync("subscribe", database => _scripts.SubscribeAsync(database, topic, group), cancellationToken).ConfigureAwait(false);

    public async ValueTask UnsubscribeAsync(FatName topic, FatName group, CancellationToken cancellationToken) =>
        await RunAsync("unsubscribe", database => _scripts.UnsubscribeAsync(database, topic, group), cancellationToken).ConfigureAwait(false);

    public ValueTask<IReadOnlyList<FatName>> GroupsAsync(FatName topic, CancellationToken cancellationToken) =>
        NamesAsync("list subscribers", keys.Topic(topic), cancellationToken);

    public ValueTask<IReadOnlyList<FatName>> TopicsAsync(CancellationToken cancellationToken) => NamesAsync("list topics", keys.Topics, cancellationToken);

    private async ValueTask<IReadOnlyList<FatName>> NamesAsync(string operation, RedisKey set, CancellationToken cancellationToken)
    {
        var names = await ListAsync(operation, "SMEMBERS", [set], cancellationToken).ConfigureAwait(false);
        return [.. names.Select(RedisMessageText.ParseName).OfType<FatName>().OrderBy(name => name.Text, StringComparer.Ordinal)];
    }

    private async Task<string[]> ListAsync(string operation, string command, object[] arguments, CancellationToken cancellationToken)
    {
        var result = await RunAsync(operation, database => database.ExecuteAsync(command, arguments), cancellationToken).ConfigureAwait(false);
        return result.IsNull ? [] : (string[])result!;
    }

    private object[] Lines(FatName service, IReadOnlyList<MessagePlace> places) => [keys.EndedMessages(service), .. places.Select(RedisMessageText.Of)];

    private Task<T> RunAsync<T>(string operation, Func<IDatabase, Task<T>> command, CancellationToken cancellationToken) =>
        connection.RunAsync(operation, command, cancellationToken);
}
