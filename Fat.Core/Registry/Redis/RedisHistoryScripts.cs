using Fat.Protocol;
using StackExchange.Redis;

namespace Fat.Registry.Redis;

/// <summary>The scripts on what is remembered for people, a method each. Each is one command, and repeating it changes nothing.</summary>
internal sealed class RedisHistoryScripts(RedisKeys keys)
{
    private static readonly RedisScript TellScript = RedisScript.Of("past-tell");
    private static readonly RedisScript ListScript = RedisScript.Of("past-list");
    private static readonly RedisScript ServiceScript = RedisScript.Of("past-service");
    private static readonly RedisScript ServicesScript = RedisScript.Of("past-services");
    private static readonly RedisScript AliveScript = RedisScript.Of("alive");
    private static readonly RedisScript StatusScript = RedisScript.Of("status");

    /// <param name="database">The server.</param>
    /// <param name="service">The service that began the groups.</param>
    /// <param name="entries">What is told.</param>
    /// <param name="own">The service itself says how many to keep.</param>
    /// <param name="kept">How many to keep.</param>
    /// <param name="now">The server's clock.</param>
    /// <returns>What time it is there, in milliseconds, and whether nothing was known of the service.</returns>
    public async Task<(long Now, bool IsNew)> TellAsync(IDatabase database, FatName service, IReadOnlyCollection<PastEntry> entries, bool own, int kept, DateTimeOffset now)
    {
        var result = await TellScript.RunAsync(
            database,
            [
                keys.PastGroups(service), keys.Past(service, PastOutcome.Committed), keys.Past(service, PastOutcome.RolledBack),
                keys.Past(service, PastOutcome.InDoubt), keys.Past(service, PastOutcome.Told),
                keys.Count(service, PastStep.Hour, PastStep.Hour.Of(now)), keys.Count(service, PastStep.Minute, PastStep.Minute.Of(now)),
            ],
            [kept, own ? "1" : "0", .. entries.SelectMany(Arguments)]).ConfigureAwait(false);
        var answer = (string[])result!;
        return (RedisQueueText.Number(answer[0]), answer[1] == "1");
    }

    public async Task<IReadOnlyList<PastGroup>> ListAsync(IDatabase database, FatName service, PastQuery query, DateTimeOffset now)
    {
        PastOutcome[] outcomes = query.Outcome is { } one ? [one] : [.. Enum.GetValues<PastOutcome>()];
        var result = await ListScript.RunAsync(
            database,
            [keys.PastGroups(service), .. outcomes.Select(outcome => keys.Past(service, outcome))],
            [
                query.Most, query.Lowest.Length == 0 ? "-" : $"[{query.Lowest}",
                .. outcomes.Select(outcome => (RedisValue)(query.Above(outcome, now) is { } above ? $"({above}" : "+")),
            ]).ConfigureAwait(false);
        return [.. ((string[])result!).Chunk(2).Select(pair => PastPlace.TryParse(pair[0], out var place) ? RedisHistoryText.ReadGroup(place.Gid, pair[1]) : null).OfType<PastGroup>()];
    }

    public Task<RedisResult> TellServiceAsync(IDatabase database, FatName service) => ServiceScript.RunAsync(database, [keys.PastServices], service.Text);

    public async Task<IReadOnlyList<FatName>> ServicesAsync(IDatabase database)
    {
        var result = await ServicesScript.RunAsync(database, [keys.PastServices]).ConfigureAwait(false);
        return [.. ((string[])result!).Select(RedisMessageText.ParseName).OfType<FatName>()];
    }

    public Task<RedisResult> TellStatusAsync(IDatabase database, InstanceId instance, string status) => StatusScript.RunAsync(database, [keys.Status(instance)], status);

    public async Task<IReadOnlyList<(InstanceId Id, TimeSpan Silence)>> AliveAsync(IDatabase database, TimeSpan within)
    {
        var result = await AliveScript.RunAsync(database, [keys.Instances], RedisQueueText.Milliseconds(within)).ConfigureAwait(false);
        var alive = new List<(InstanceId, TimeSpan)>();
        foreach (var pair in ((string[])result!).Chunk(2))
        {
            if (InstanceId.TryParse(pair[0], out var id))
                alive.Add((id, TimeSpan.FromMilliseconds(RedisQueueText.Number(pair[1]))));
        }

        return alive;
    }

    private static RedisValue[] Arguments(PastEntry entry) => entry switch
    {
        PastGroup group => Arguments(
            group, RedisHistoryText.Letter(group.Outcome), group.Ended, RedisHistoryText.Write(group), LatencyBuckets.Of(group.Ended - group.Began),
            group.Abort is { } abort ? RedisHistoryText.WriteReason(abort) : string.Empty, string.Empty),
        PastSettlement settled => Arguments(
            settled, RedisHistoryText.Letter(settled.Decision == Decision.Committed ? PastOutcome.Committed : PastOutcome.RolledBack), settled.At,
            RedisHistoryText.Stub(settled.Root), LatencyBuckets.Of(settled.At - settled.Gid.Began), string.Empty, string.Empty),
        PastBranch branch => Arguments(
            branch, RedisHistoryText.Letter(PastOutcome.Told), branch.Last, RedisHistoryText.Stub(branch.Root), string.Empty, string.Empty, RedisHistoryText.Write(branch)),
        _ => throw new ArgumentOutOfRangeException(nameof(entry), entry, "An unknown entry."),
    };

    private static RedisValue[] Arguments(PastEntry entry, string letter, DateTimeOffset ended, string root, RedisValue bucket, string reason, string branch) =>
        [entry.Gid.ToString(), letter, PastPlace.TimeText(PastPlace.Microseconds1970(ended)), root, bucket, reason, branch];
}
