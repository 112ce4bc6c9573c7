using Fat.Protocol;
using StackExchange.Redis;

namespace Fat.Registry.Redis;

/// <summary>The scripts on the messages of one service and on topics, a method each. Each is one command.</summary>
internal sealed class RedisMessageScripts(RedisKeys keys)
{
    private static readonly RedisScript PrepareScript = RedisScript.OnMessages("message-prepare");
    private static readonly RedisScript SubmitScript = RedisScript.OnMessages("message-submit");
    private static readonly RedisScript CancelScript = RedisScript.OnMessages("message-cancel");
    private static readonly RedisScript TellScript = RedisScript.OnMessages("message-tell");
    private static readonly RedisScript ReadScript = RedisScript.Of("message-read");
    private static readonly RedisScript OverdueScript = RedisScript.Of("message-overdue");
    private static readonly RedisScript EndedScript = RedisScript.Of("message-ended");
    private static readonly RedisScript SubscribeScript = RedisScript.Of("subscribe");
    private static readonly RedisScript UnsubscribeScript = RedisScript.Of("unsubscribe");

    public Task<RedisResult> PrepareAsync(IDatabase database, FatName service, MessageId id, MessageOrigin origin, TimeSpan timeout) =>
        PrepareScript.RunAsync(
            database, keys.Messages(service, [id]), id.Text, RedisMessageText.Of(origin.Database), origin.Document, RedisQueueText.Milliseconds(timeout));

    /// <returns>The branches of each that are consumed already.</returns>
    public async Task<IEnumerable<IReadOnlyList<string>>> SubmitAsync(IDatabase database, FatName service, IReadOnlyCollection<SubmittedMessage> messages)
    {
        var result = await SubmitScript.RunAsync(database, keys.Messages(service, messages.Select(message => message.Id)), [.. messages.SelectMany(Arguments)]).ConfigureAwait(false);
        return ((string[])result!).Select(lines => lines.Split('\n', StringSplitOptions.RemoveEmptyEntries));

        static RedisValue[] Arguments(SubmittedMessage message) =>
            [message.Id.Text, RedisMessageText.Of(message.Origin.Database), message.Origin.Document, string.Join('\n', message.Branches)];
    }

    public Task<RedisResult> CancelAsync(IDatabase database, FatName service, MessageId id, string reason) =>
        CancelScript.RunAsync(database, keys.Messages(service, [id]), id.Text, ReasonText.Cut(reason));

    public Task<RedisResult> TellAsync(IDatabase database, FatName service, IReadOnlyCollection<BranchNews> news, TimeSpan kept) =>
        TellScript.RunAsync(
            database, keys.Messages(service, news.Select(one => one.Id)), [RedisQueueText.Milliseconds(kept), .. news.SelectMany(Arguments)]);

    public async Task<IEnumerable<MessageRecord?>> ReadAsync(IDatabase database, FatName service, IReadOnlyCollection<MessageId> ids)
    {
        var result = await ReadScript.RunAsync(database, [.. ids.Select(id => keys.Message(service, id))]).ConfigureAwait(false);
        return ids.Zip((RedisResult[])result!, (id, hash) => RedisMessageText.TryParse(id, (string[])hash!, out var record) ? record : null);
    }

    public async Task<IReadOnlyList<MessagePlace>> OverdueAsync(IDatabase database, FatName service, int most, TimeSpan pause)
    {
        var result = await OverdueScript.RunAsync(
            database, [keys.AskedMessages(service), keys.MessageDatabases(service)], most, RedisQueueText.Milliseconds(pause)).ConfigureAwait(false);
        return [.. ((string[])result!).Chunk(2).Select(pair => RedisMessageText.ParsePlace(pair[0], pair[1])).OfType<MessagePlace>()];
    }

    public async Task<IReadOnlyList<MessagePlace>> EndedAsync(IDatabase database, FatName service, int most, TimeSpan pause)
    {
        var result = await EndedScript.RunAsync(database, [keys.EndedMessages(service)], most, RedisQueueText.Milliseconds(pause)).ConfigureAwait(false);
        return [.. ((string[])result!).Select(RedisMessageText.ParsePlace).OfType<MessagePlace>()];
    }

    public Task<RedisResult> SubscribeAsync(IDatabase database, FatName topic, FatName group) =>
        SubscribeScript.RunAsync(database, [keys.Topics, keys.Topic(topic)], topic.Text, group.Text);

    public Task<RedisResult> UnsubscribeAsync(IDatabase database, FatName topic, FatName group) =>
        UnsubscribeScript.RunAsync(database, [keys.Topics, keys.Topic(topic)], topic.Text, group.Text);

    private static RedisValue[] Arguments(BranchNews news) =>
        [news.Id.Text, news.Branch, RedisMessageText.Of(news.State), news.Attempts, news.Fence, RedisQueueText.OfOptional(ReasonText.Cut(news.Reason))];
}
