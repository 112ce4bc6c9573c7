using System.Globalization;
using Fat.Protocol;
using StackExchange.Redis;

namespace Fat.Registry.Redis;

/// <summary>The scripts on the hash of one group, a method each. Each is one command, and repeating it changes nothing.</summary>
internal sealed class RedisGroupScripts(RedisKeys keys)
{
    private static readonly RedisScript RegisterScript = RedisScript.OnGroup("register");
    private static readonly RedisScript VoteScript = RedisScript.OnGroup("vote");
    private static readonly RedisScript AbortScript = RedisScript.OnGroup("abort");
    private static readonly RedisScript SealScript = RedisScript.OnGroup("seal");
    private static readonly RedisScript PublishScript = RedisScript.OnGroup("publish");
    private static readonly RedisScript DecideScript = RedisScript.OnGroup("decide");
    private static readonly RedisScript DoneScript = RedisScript.OnGroup("done");
    private static readonly RedisScript ReadScript = RedisScript.Of("read");
    private static readonly RedisScript FatesScript = RedisScript.Of("fates");

    /// <returns>With the flag when another scope owns the call.</returns>
    public Task<RedisGroupReply> RegisterAsync(IDatabase database, ScopeRegistration registration) =>
        RunAsync(
            database, RegisterScript, registration.Gid,
            [
                registration.Scope.Text,
                registration.Scope.Call.Text,
                RedisScopeText.Of(registration.Instance, registration.ServiceCount, registration.LocalTransactionCount, registration.Name),
                registration.RootInstance.Text,
                registration.DecisionDatabase.Text,
                Milliseconds(registration.Remaining),
                .. registration.Trace is { } trace ? [trace] : Array.Empty<RedisValue>(),
            ]);

    /// <returns>With the flag when everything that the sealed group waits for is here.</returns>
    public Task<RedisGroupReply> VoteAsync(IDatabase database, ScopeVotes votes) =>
        RunAsync(
            database, VoteScript, votes.Gid,
            [
                votes.Scope.Text,
                votes.Scope.Call.Text,
                RedisScopeText.Of(votes.Instance, null, null, string.Empty),
                votes.RootInstance.Text,
                votes.Closed ? "1" : "0",
                RedisText.SpacedOf(votes.PendingCalls),
                .. votes.Branches.SelectMany(branch => new RedisValue[] { branch.Id.Text, RedisText.ValueOf(branch) }),
            ]);

    /// <returns>With the flag when the root is to be told.</returns>
    public Task<RedisGroupReply> AbortAsync(IDatabase database, GroupId gid, InstanceId root, AbortReason reason) =>
        RunAsync(database, AbortScript, gid, root.Text, reason.Service, reason.Method, reason.Reason);

    public Task<RedisGroupReply> SealAsync(IDatabase database, GroupSeal seal) =>
        RunAsync(
            database, SealScript, seal.Gid,
            seal.RootInstance.Text, RedisText.SpacedOf(seal.MissingVotes), RedisText.SpacedOf(seal.PendingCalls));

    public Task<RedisGroupReply> PublishAsync(IDatabase database, GroupId gid, DecisionRecord decision) =>
        RunAsync(database, PublishScript, gid, RedisText.Of(decision.Decision), RedisText.SetOf(decision.Branches));

    public Task<RedisGroupReply> DecideAsync(IDatabase database, GroupId gid, DecisionRecord proposal) =>
        RunAsync(database, DecideScript, gid, RedisText.Of(proposal.Decision), RedisText.SetOf(proposal.Branches));

    public Task<RedisResult> DoneAsync(IDatabase database, GroupId gid, IReadOnlyCollection<BranchId> branches) =>
        DoneScript.RunAsync(database, [keys.Group(gid)], [.. branches.Select(branch => (RedisValue)branch.Text)]);

    /// <summary>Many groups in one command, which a server that keeps them apart (a cluster) refuses.</summary>
    public async Task<IReadOnlyList<RedisGroupReply>> ReadAsync(IDatabase database, IReadOnlyCollection<GroupId> gids)
    {
        var result = await ReadScript.RunAsync(database, [.. gids.Select(keys.Group)]).ConfigureAwait(false);
        return [.. ((RedisResult[])result!).Select(RedisGroupReply.Of)];
    }

    /// <returns>Those that are decided or asked to abort.</returns>
    public async Task<IReadOnlyList<(GroupId Gid, GroupFate Fate)>> FatesAsync(IDatabase database, IReadOnlyList<GroupId> gids)
    {
        var result = await FatesScript.RunAsync(database, [.. gids.Select(keys.Group)]).ConfigureAwait(false);
        return [.. ((RedisResult[])result!).Select(reply => (gids[(int)((RedisResult[])reply!)[0] - 1], RedisGroupReply.Of(reply).Fate()))];
    }

    private async Task<RedisGroupReply> RunAsync(IDatabase database, RedisScript script, GroupId gid, params RedisValue[] arguments) =>
        RedisGroupReply.Of(await script.RunAsync(database, [keys.Group(gid)], arguments).ConfigureAwait(false));

    private static string Milliseconds(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
