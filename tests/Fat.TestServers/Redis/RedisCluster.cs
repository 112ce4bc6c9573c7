using System.Globalization;
using System.Net.Sockets;

namespace Fat.TestServers;

/// <summary>A Redis Cluster of child processes on the loopback interface: masters that share the slots, and their replicas.</summary>
public sealed class RedisCluster : IAsyncDisposable
{
    private const int Slots = 16_384;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly List<RedisClusterNode> _nodes = [];
    private readonly RedisClusterOptions _options;
    private readonly SemaphoreSlim _moving = new(1);

    private RedisCluster(RedisClusterOptions options) => _options = options;

    /// <summary>All nodes: first those that began as masters, then the replicas, a round of one for each master after the other.</summary>
    public IReadOnlyList<RedisClusterNode> Nodes => _nodes;

    /// <summary>The nodes that began as masters.</summary>
    public IEnumerable<RedisClusterNode> Masters => _nodes.Take(_options.Masters);

    /// <summary>All nodes in the format of StackExchange.Redis.</summary>
    public string ConnectionString => string.Join(',', _nodes);

    /// <summary>Starts the servers, and returns when every slot is served and every replica follows its master.</summary>
    /// <exception cref="ServerNotFoundException">There is no redis-server on this machine.</exception>
    /// <exception cref="ServerStartException">A server did not start, or the cluster did not come about in time.</exception>
    public static async Task<RedisCluster> StartAsync(RedisClusterOptions? options = null, CancellationToken cancellationToken = default)
    {
        var cluster = new RedisCluster(options ?? new RedisClusterOptions());
        try
        {
            await cluster.StartAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The slot of a key.</summary>
    public async Task<int> SlotAsync(string key, CancellationToken cancellationToken = default)
    {
        var answer = await (await AnyAsync(cancellationToken)).ExecuteAsync(["CLUSTER", "KEYSLOT", key], cancellationToken);
        return int.Parse((string)answer!, CultureInfo.InvariantCulture);
    }

    /// <summary>The master that serves a slot now, by what the first node that answers says.</summary>
    public async Task<RedisClusterNode> MasterOfAsync(int slot, CancellationToken cancellationToken = default)
    {
        return await MasterOfAsync(slot, await AnyAsync(cancellationToken), cancellationToken) ?? throw new InvalidOperationException($"No master serves slot {slot}.");
    }

    /// <summary>The master that serves a slot by what one node says; null when none does.</summary>
    public async Task<RedisClusterNode?> MasterOfAsync(int slot, RedisClusterNode asked, CancellationToken cancellationToken = default)
    {
        var ranges = (List<object?>)(await asked.ExecuteAsync(["CLUSTER", "SLOTS"], cancellationToken))!;
        var range = ranges.Cast<List<object?>>().FirstOrDefault(range => Number(range[0]) <= slot && slot <= Number(range[1]));
        return range is null ? null : _nodes.Single(node => node.Id == (string)((List<object?>)range[2]!)[2]!);
    }

    /// <summary>The replica that follows a master.</summary>
    public RedisClusterNode ReplicaOf(RedisClusterNode master) => _nodes[_nodes.IndexOf(master) + _options.Masters];

    /// <summary>
    /// Moves a slot to another master, as an operator does it: both are told, the keys are handed over one after the other, everybody is told. Returns when
    /// all nodes agree: a target that had not heard of the move before would lose the slot again to what its source said earlier, and then each of the two
    /// says that the other serves it.
    /// </summary>
    /// <param name="slot">The slot.</param>
    /// <param name="target">The master that gets it.</param>
    /// <param name="underWay">What happens when the slot is on its way and no key has been handed over.</param>
    /// <param name="cancellationToken">Gives up, and leaves the slot on its way.</param>
    /// <returns>How many keys were handed over.</returns>
    public async Task<int> MoveSlotAsync(int slot, RedisClusterNode target, Func<Task>? underWay = null, CancellationToken cancellationToken = default)
    {
        await _moving.WaitAsync(cancellationToken);
        try
        {
            var source = await MasterOfAsync(slot, cancellationToken);
            if (source == target)
                return 0;
            var text = slot.ToString(CultureInfo.InvariantCulture);
            await target.ExecuteAsync(["CLUSTER", "SETSLOT", text, "IMPORTING", source.Id], cancellationToken);
            await source.ExecuteAsync(["CLUSTER", "SETSLOT", text, "MIGRATING", target.Id], cancellationToken);
            if (underWay is not null)
                await underWay();
            var moved = await HandOverAsync(text, source, target, cancellationToken);
            await target.ExecuteAsync(["CLUSTER", "SETSLOT", text, "NODE", target.Id], cancellationToken);
            await source.ExecuteAsync(["CLUSTER", "SETSLOT", text, "NODE", target.Id], cancellationToken);
            await UntilAsync(() => AgreeAsync(slot, target, cancellationToken), cancellationToken);
            return moved;
        }
        finally
        {
            _moving.Release();
        }
    }

    /// <summary>
    /// Deletes what a slot holds, and lets its master say that another one serves it, which says the same of the first: as after moves in a row that went
    /// wrong. Nobody serves it, and the cluster is well.
    /// </summary>
    /// <returns>The master that served it.</returns>
    public async Task<RedisClusterNode> LoseSlotAsync(int slot, CancellationToken cancellationToken = default)
    {
        var owner = await MasterOfAsync(slot, cancellationToken);
        var text = slot.ToString(CultureInfo.InvariantCulture);
        foreach (var key in ((List<object?>)(await owner.ExecuteAsync(["CLUSTER", "GETKEYSINSLOT", text, "100"], cancellationToken))!).Cast<string>())
            await owner.ExecuteAsync(["DEL", key], cancellationToken);
        await owner.ExecuteAsync(["CLUSTER", "SETSLOT", text, "NODE", Masters.First(master => master != owner).Id], cancellationToken);
        return owner;
    }

    /// <summary>Lets the master that lost a slot serve it again.</summary>
    public static async Task FindSlotAsync(int slot, RedisClusterNode owner, CancellationToken cancellationToken = default) =>
        await owner.ExecuteAsync(["CLUSTER", "SETSLOT", slot.ToString(CultureInfo.InvariantCulture), "NODE", owner.Id], cancellationToken);

    /// <summary>Waits until a node says of itself that it is a master.</summary>
    public Task WaitUntilMasterAsync(RedisClusterNode node, CancellationToken cancellationToken = default) =>
        UntilAsync(() => node.IsMasterAsync(cancellationToken), cancellationToken);

    /// <summary>Waits until every node that runs serves every slot.</summary>
    public Task WaitUntilServingAsync(CancellationToken cancellationToken = default) => UntilAsync(
        async () =>
        {
            foreach (var node in _nodes.Where(node => node.Server.IsRunning))
            {
                if (!(await InfoAsync(node, cancellationToken)).Contains("cluster_state:ok", StringComparison.Ordinal))
                    return false;
            }

            return true;
        },
        cancellationToken);

    /// <summary>Kills the servers and deletes their data.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(node => node.Server.DisposeAsync().AsTask()));
        _moving.Dispose();
    }

    private static async Task<int> HandOverAsync(string slot, RedisClusterNode source, RedisClusterNode target, CancellationToken cancellationToken)
    {
        var moved = 0;
        while (true)
        {
            var keys = (List<object?>)(await source.ExecuteAsync(["CLUSTER", "GETKEYSINSLOT", slot, "100"], cancellationToken))!;
            if (keys.Count == 0)
                return moved;
            foreach (var key in keys.Cast<string>())
            {
                var port = target.Server.Port.ToString(CultureInfo.InvariantCulture);
                await source.ExecuteAsync(["MIGRATE", target.Server.Host, port, key, "0", "5000"], cancellationToken);
                moved++;
            }
        }
    }

    /// <summary>Whether every node that runs says who serves a slot, and in which epochs the masters are.</summary>
    private async Task<bool> AgreeAsync(int slot, RedisClusterNode owner, CancellationToken cancellationToken)
    {
        var epochs = new HashSet<string>();
        foreach (var node in _nodes.Where(node => node.Server.IsRunning))
        {
            if (await MasterOfAsync(slot, node, cancellationToken) != owner)
                return false;
            epochs.Add(await EpochsAsync(node, cancellationToken));
        }

        return epochs.Count == 1;
    }

    /// <summary>The epochs of the masters, as a node knows them; each has its own.</summary>
    private static async Task<string> EpochsAsync(RedisClusterNode node, CancellationToken cancellationToken)
    {
        var lines = ((string)(await node.ExecuteAsync(["CLUSTER", "NODES"], cancellationToken))!).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var masters = lines.Select(line => line.Split(' ')).Where(fields => fields[2].Contains("master", StringComparison.Ordinal)).ToList();
        return string.Join(' ', masters.Select(fields => $"{fields[0]}={fields[6]}").Order(StringComparer.Ordinal));
    }

    private static async Task<string> InfoAsync(RedisClusterNode node, CancellationToken cancellationToken) =>
        (string)(await node.ExecuteAsync(["CLUSTER", "INFO"], cancellationToken))!;

    private static int Number(object? text) => int.Parse((string)text!, CultureInfo.InvariantCulture);

    private static async Task UntilAsync(Func<Task<bool>> condition, CancellationToken cancellationToken)
    {
        while (!await condition())
            await Task.Delay(Look, TimeProvider.System, cancellationToken);
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(_options.StartTimeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        var token = either.Token;
        try
        {
            await Task.WhenAll(Enumerable.Range(0, _options.Masters * (1 + _options.Replicas)).Select(_ => StartNodeAsync(token)));
            await ShareSlotsAsync(token);
            await MeetAsync(token);
            await ReplicateAsync(token);
            await WaitUntilServingAsync(token);
        }
        catch (OperationCanceledException failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ServerStartException($"The cluster did not come about within {_options.StartTimeout}.", failure);
        }
    }

    private async Task StartNodeAsync(CancellationToken cancellationToken)
    {
        // By itself the bus takes the port 10,000 above the server's, which may be another program's.
        var busPort = FreePort.Next();
        var server = await RedisServer.StartAsync(
            new RedisServerOptions
            {
                ExtraArguments =
                [
                    "--cluster-enabled", "yes",
                    "--cluster-port", busPort.ToString(CultureInfo.InvariantCulture),
                    "--cluster-announce-ip", RedisServer.LoopbackHost,
                    "--cluster-node-timeout", _options.NodeTimeout.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture),

                    // A replica takes over however long it has not heard of its master, and stays with the one that it was given.
                    "--cluster-replica-validity-factor", "0",
                    "--cluster-allow-replica-migration", "no",
                ],
            },
            cancellationToken);
        try
        {
            await using var connection = await server.ConnectAsync(cancellationToken);
            var node = new RedisClusterNode(server, busPort, (string)(await connection.ExecuteAsync(["CLUSTER", "MYID"], cancellationToken))!);
            lock (_nodes)
                _nodes.Add(node);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private async Task ShareSlotsAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < _options.Masters; i++)
        {
            var (first, end) = (Slots * i / _options.Masters, Slots * (i + 1) / _options.Masters);
            await _nodes[i].ExecuteAsync(["CLUSTER", "ADDSLOTSRANGE", $"{first}", $"{end - 1}"], cancellationToken);
        }

        // Nodes that meet with the same epoch would settle by themselves who gets another one, which takes its time.
        for (var i = 0; i < _nodes.Count; i++)
            await _nodes[i].ExecuteAsync(["CLUSTER", "SET-CONFIG-EPOCH", $"{i + 1}"], cancellationToken);
    }

    private async Task MeetAsync(CancellationToken cancellationToken)
    {
        foreach (var node in _nodes)
        {
            foreach (var other in _nodes.Where(other => other != node))
                await node.ExecuteAsync(["CLUSTER", "MEET", other.Server.Host, $"{other.Server.Port}", $"{other.BusPort}"], cancellationToken);
        }

        foreach (var node in _nodes)
            await UntilAsync(() => KnowsAllAsync(node, cancellationToken), cancellationToken);
    }

    /// <summary>A node that is known by a name that is not its own is one whose hands are still being shaken.</summary>
    private async Task<bool> KnowsAllAsync(RedisClusterNode node, CancellationToken cancellationToken)
    {
        var lines = ((string)(await node.ExecuteAsync(["CLUSTER", "NODES"], cancellationToken))!).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Length == _nodes.Count
            && lines.All(line => !line.Contains("handshake", StringComparison.Ordinal))
            && _nodes.All(known => lines.Any(line => line.StartsWith(known.Id, StringComparison.Ordinal)));
    }

    private async Task ReplicateAsync(CancellationToken cancellationToken)
    {
        for (var i = _options.Masters; i < _nodes.Count; i++)
        {
            var (replica, master) = (_nodes[i], _nodes[i % _options.Masters]);
            await replica.ExecuteAsync(["CLUSTER", "REPLICATE", master.Id], cancellationToken);
        }

        foreach (var replica in _nodes.Skip(_options.Masters))
            await UntilAsync(async () => await replica.ExecuteAsync(["ROLE"], cancellationToken) is IReadOnlyList<object?> and [_, _, _, "connected", ..], cancellationToken);
        foreach (var master in Masters.Where(_ => _options.Replicas > 0))
            await UntilAsync(async () => ((string)(await master.ExecuteAsync(["INFO", "replication"], cancellationToken))!).Contains("state=online", StringComparison.Ordinal), cancellationToken);
    }

    /// <summary>A node that answers: others may be dead, or hang.</summary>
    private async Task<RedisClusterNode> AnyAsync(CancellationToken cancellationToken)
    {
        foreach (var node in _nodes.Where(node => node.Server.IsRunning))
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(Patience);
            try
            {
                await node.ExecuteAsync(["PING"], patience.Token);
                return node;
            }
            catch (Exception failure) when (failure is SocketException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                // Another one can be asked.
            }
        }

        throw new InvalidOperationException("No node of the cluster answers.");
    }
}
