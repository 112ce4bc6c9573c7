using Fat.Protocol;
using StackExchange.Redis;

namespace Fat.Registry.Redis;

/// <summary>The groups' part of the registry on a server. One object for one instance: two receives at the same time wait for each other.</summary>
internal sealed class RedisGroupRegistry : IGroupRegistry
{
    private readonly RedisConnection _connection;
    private readonly RedisConnection? _owned;
    private readonly RedisKeys _keys;
    private readonly RedisGroupScripts _groups;
    private readonly RedisTogether _together;
    private readonly RedisServiceScripts _services;
    private readonly RedisInbox _inbox;

    /// <summary>Over a connection that stays its owner's.</summary>
    public RedisGroupRegistry(RedisConnection connection, RedisKeys keys, TimeProvider time)
    {
        _connection = connection;
        _keys = keys;
        _together = new RedisTogether(connection);
        _groups = new RedisGroupScripts(keys);
        _services = new RedisServiceScripts(keys);
        _inbox = new RedisInbox(connection, keys, time);
    }

    /// <summary>By itself, with a connection of its own.</summary>
    /// <exception cref="FatConfigurationException">The options cannot work.</exception>
    public RedisGroupRegistry(FatRedisOptions options, TimeProvider time, IConnectionMultiplexer? shared = null)
        : this(new RedisConnection(options, time, shared), new RedisKeys(options.KeyPrefix), time) => _owned = _connection;

    public RedisLinkEvents Events => _connection.Events;

    public async ValueTask<RegistrationResult> RegisterAsync(ScopeRegistration registration, CancellationToken cancellationToken)
    {
        var reply = await _connection.RunAsync("register", database => _groups.RegisterAsync(database, registration), cancellationToken)
            .ConfigureAwait(false);
        return new RegistrationResult(reply.Flag, reply.Fate());
    }

    /// <summary>When it fails the votes may be recorded and the root not told: it polls.</summary>
    public async ValueTask<GroupFate> VoteAsync(ScopeVotes votes, CancellationToken cancellationToken)
    {
        var reply = await _connection.RunAsync("vote", database => _groups.VoteAsync(database, votes), cancellationToken).ConfigureAwait(false);
        if (reply.Flag)
        {
            var ready = new InboxMessage.Ready(votes.Gid, [.. reply.Snapshot().Branches.Select(view => view.Branch)]);
            await PushAsync(votes.RootInstance, [ready], cancellationToken).ConfigureAwait(false);
        }

        return reply.Fate();
    }

    /// <summary>When it fails the abort may be recorded and the root not told: it polls.</summary>
    public async ValueTask<GroupFate> AskAbortAsync(
        GroupId gid, InstanceId rootInstance, AbortReason reason, CancellationToken cancellationToken)
    {
        var reply = await _connection.RunAsync("abort", database => _groups.AbortAsync(database, gid, rootInstance, reason), cancellationToken)
            .ConfigureAwait(false);
        var fate = reply.Fate();
        if (reply.Flag && fate.Abort is { } first)
            await PushAsync(rootInstance, [new InboxMessage.AbortAsked(gid, first)], cancellationToken).ConfigureAwait(false);
        return fate;
    }

    public async ValueTask<GroupSnapshot> SealAsync(GroupSeal seal, CancellationToken cancellationToken)
    {
        var reply = await _connection.RunAsync("seal", database => _groups.SealAsync(database, seal), cancellationToken).ConfigureAwait(false);
        return reply.Snapshot();
    }

    /// <summary>When it fails the decision may be recorded and some instances not told: their branches poll.</summary>
    public async ValueTask PublishAsync(GroupId gid, DecisionRecord decision, CancellationToken cancellationToken)
    {
        var reply = await _connection.RunAsync("publish", database => _groups.PublishAsync(database, gid, decision), cancellationToken)
            .ConfigureAwait(false);
        var news = DecisionNews.Of(gid, reply.Snapshot()).ToList();
        if (news.Count > 0)
            await _together.RunAsync("tell the decision", news, _services.TellAsync, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<DecisionRecord> DecideAsync(GroupId gid, DecisionRecord proposal, CancellationToken cancellationToken)
    {
        var reply = await _connection.RunAsync("decide", database => _groups.DecideAsync(database, gid, proposal), cancellationToken)
            .ConfigureAwait(false);
        return reply.Fate().Decision
            ?? throw new RegistryUnavailableException("decide", new InvalidDataException("The decision that stands cannot be read."));
    }

    public async ValueTask DoneAsync(GroupId gid, IReadOnlyCollection<BranchId> branches, CancellationToken cancellationToken) =>
        await _connection.RunAsync("done", database => _groups.DoneAsync(database, gid, branches), cancellationToken).ConfigureAwait(false);

    public async ValueTask<IReadOnlyDictionary<GroupId, GroupSnapshot?>> ReadAsync(IReadOnlyList<GroupId> gids, CancellationToken cancellationToken)
    {
        var found = new Dictionary<GroupId, GroupSnapshot?>(gids.Count);
        foreach (var (chunk, replies) in await _together.ReachAsync("read", gids, _groups.ReadAsync, cancellationToken).ConfigureAwait(false))
        {
            foreach (var (gid, reply) in chunk.Zip(replies))
                found[gid] = reply.Find();
        }

        return found;
    }

    public async ValueTask<IReadOnlyDictionary<GroupId, GroupFate>> FatesAsync(IReadOnlyList<GroupId> gids, CancellationToken cancellationToken)
    {
        var found = new Dictionary<GroupId, GroupFate>();
        foreach (var (_, fates) in await _together.ReachAsync("look", gids, _groups.FatesAsync, cancellationToken).ConfigureAwait(false))
        {
            foreach (var (gid, fate) in fates)
                found[gid] = fate;
        }

        return found;
    }

    public async ValueTask PushAsync(InstanceId instance, IReadOnlyList<InboxMessage> messages, CancellationToken cancellationToken)
    {
        if (messages.Count > 0)
            await _connection.RunAsync("push", database => _services.PushAsync(database, instance, messages), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What was popped when the process goes on is kept for the next receive; a failure may lose what the server had popped.</summary>
    public async ValueTask<IReadOnlyList<InboxMessage>> ReceiveAsync(InstanceId instance, TimeSpan wait, CancellationToken cancellationToken)
    {
        var texts = await _inbox.ReceiveAsync(instance, wait, cancellationToken).ConfigureAwait(false);
        return [.. texts.Select(RedisMessages.ReadMessage).OfType<InboxMessage>()];
    }

    public async ValueTask RequestResolveAsync(
        FatName rootService, IReadOnlyList<ResolveRequest> requests, CancellationToken cancellationToken)
    {
        if (requests.Count > 0)
            await _connection.RunAsync("ask to resolve", database => _services.PushAsync(database, rootService, requests), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>When it fails the requests may be taken and lost: whoever is in doubt asks again.</summary>
    public async ValueTask<IReadOnlyList<ResolveRequest>> TakeResolveRequestsAsync(
        FatName rootService, int most, CancellationToken cancellationToken)
    {
        var texts = await _inbox.TakeAsync("take requests to resolve", _keys.Resolve(rootService), most, cancellationToken).ConfigureAwait(false);
        return [.. texts.Select(RedisMessages.ReadRequest).OfType<ResolveRequest>()];
    }

    public async ValueTask IndexOpenAsync(FatName rootService, IReadOnlyList<OpenGroup> groups, CancellationToken cancellationToken)
    {
        if (groups.Count > 0)
            await _connection.RunAsync("index", database => _services.IndexAsync(database, rootService, groups), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask UnindexAsync(FatName rootService, IReadOnlyCollection<GroupId> gids, CancellationToken cancellationToken)
    {
        if (gids.Count > 0)
            await _connection.RunAsync("unindex", database => _services.UnindexAsync(database, rootService, gids), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<OpenGroup>> OverdueAsync(FatName rootService, int most, CancellationToken cancellationToken) =>
        await _connection.RunAsync("list overdue", database => _services.OverdueAsync(database, rootService, most), cancellationToken).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<OpenGroup>> ListOpenAsync(FatName rootService, int skip, int most, CancellationToken cancellationToken) =>
        await _connection.RunAsync("list open groups", database => _services.OpenAsync(database, rootService, skip, most), cancellationToken).ConfigureAwait(false);

    public async ValueTask HeartbeatAsync(InstanceId instance, CancellationToken cancellationToken) =>
        await _connection.RunAsync("heartbeat", database => _services.HeartbeatAsync(database, instance), cancellationToken).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<TimeSpan?>> SinceHeartbeatAsync(
        IReadOnlyList<InstanceId> instances, CancellationToken cancellationToken) =>
        await _connection.RunAsync("read heartbeats", database => _services.SinceAsync(database, instances), cancellationToken).ConfigureAwait(false);

    /// <summary>An empty list is no key in Redis, so the inbox needs no removing; messages that nobody took expire.</summary>
    public async ValueTask LeaveAsync(InstanceId instance, CancellationToken cancellationToken) =>
        await _connection.RunAsync("leave", database => database.ExecuteAsync("ZREM", _keys.Instances, instance.Text), cancellationToken).ConfigureAwait(false);

    public async ValueTask<string?> DurabilityProblemAsync(CancellationToken cancellationToken) =>
        await _connection.RunAsync("check durability", RedisDurability.ProblemAsync, cancellationToken).ConfigureAwait(false);

    public ValueTask DisposeAsync() => _owned?.DisposeAsync() ?? ValueTask.CompletedTask;
}
