using System.Globalization;
using Fat.Protocol;
using StackExchange.Redis;

namespace Fat.Registry.Redis;

/// <summary>The scripts on lists, indexes and heartbeats, a method each.</summary>
internal sealed class RedisServiceScripts(RedisKeys keys)
{
    private static readonly RedisScript PushScript = RedisScript.Of("push");
    private static readonly RedisScript TellScript = RedisScript.Of("tell");
    private static readonly RedisScript IndexScript = RedisScript.Of("index");
    private static readonly RedisScript UnindexScript = RedisScript.Of("unindex");
    private static readonly RedisScript OverdueScript = RedisScript.Of("overdue");
    private static readonly RedisScript OpenScript = RedisScript.Of("open");
    private static readonly RedisScript HeartbeatScript = RedisScript.Of("heartbeat");
    private static readonly RedisScript SinceScript = RedisScript.Of("since");

    /// <summary>Not idempotent: a repeated push pushes twice, and every message is a hint that may come twice.</summary>
    public Task<RedisResult> PushAsync(IDatabase database, InstanceId instance, IEnumerable<InboxMessage> messages) =>
        PushScript.RunAsync(database, [keys.Inbox(instance)], [.. messages.Select(message => (RedisValue)RedisMessages.Write(message))]);

    /// <summary>
    /// One message to each of many instances in one command, which a server that keeps them apart (a cluster) refuses. Not
    /// idempotent, as above.
    /// </summary>
    public Task<RedisResult> TellAsync(IDatabase database, IReadOnlyCollection<(InstanceId Instance, InboxMessage.Decided Message)> news) =>
        TellScript.RunAsync(
            database, [.. news.Select(one => keys.Inbox(one.Instance))], [.. news.Select(one => (RedisValue)RedisMessages.Write(one.Message))]);

    /// <summary>Not idempotent: a repeated push asks twice, which is harmless.</summary>
    public Task<RedisResult> PushAsync(IDatabase database, FatName service, IEnumerable<ResolveRequest> requests) =>
        PushScript.RunAsync(database, [keys.Resolve(service)], [.. requests.Select(request => (RedisValue)RedisMessages.Write(request))]);

    public Task<RedisResult> IndexAsync(IDatabase database, FatName service, IEnumerable<OpenGroup> groups) =>
        IndexScript.RunAsync(
            database,
            [keys.Open(service), keys.OpenDatabases(service)],
            [.. groups.SelectMany(group => new RedisValue[] { group.Gid.ToString(), group.Database.Text, (long)group.Remaining.TotalMilliseconds })]);

    public Task<RedisResult> UnindexAsync(IDatabase database, FatName service, IEnumerable<GroupId> gids) =>
        UnindexScript.RunAsync(
            database, [keys.Open(service), keys.OpenDatabases(service)], [.. gids.Select(gid => (RedisValue)gid.ToString())]);

    public async Task<IReadOnlyList<OpenGroup>> OverdueAsync(IDatabase database, FatName service, int most) =>
        Groups(await OverdueScript.RunAsync(database, [keys.Open(service), keys.OpenDatabases(service)], most).ConfigureAwait(false));

    public async Task<IReadOnlyList<OpenGroup>> OpenAsync(IDatabase database, FatName service, int skip, int most) =>
        Groups(await OpenScript.RunAsync(database, [keys.Open(service), keys.OpenDatabases(service)], skip, most).ConfigureAwait(false));
    public Task<RedisResult> HeartbeatAsync(IDatabase database, InstanceId instance) =>
        HeartbeatScript.RunAsync(database, [keys.Instances], instance.Text);

    public async Task<IReadOnlyList<TimeSpan?>> SinceAsync(IDatabase database, IEnumerable<InstanceId> instances)
    {
        var result = await SinceScript.RunAsync(database, [keys.Instances], [.. instances.Select(instance => (RedisValue)instance.Text)])
            .ConfigureAwait(false);
        return [.. ((string[])result!).Select(age => age.Length == 0 ? (TimeSpan?)null : Milliseconds(age))];
    }

    private static List<OpenGroup> Groups(RedisResult result)
    {
        var parts = (string[])result!;
        var groups = new List<OpenGroup>(parts.Length / 3);
        for (var index = 0; index + 2 < parts.Length; index += 3)
        {
            if (GroupId.TryParse(parts[index], out var gid) && FatName.TryParse(parts[index + 1], out var decisionDatabase))
                groups.Add(new OpenGroup(gid, decisionDatabase, Milliseconds(parts[index + 2])));
        }

        return groups;
    }

    private static TimeSpan Milliseconds(string text) => TimeSpan.FromMilliseconds(long.Parse(text, CultureInfo.InvariantCulture));
}
