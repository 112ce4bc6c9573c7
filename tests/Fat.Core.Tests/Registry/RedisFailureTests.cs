using System.Net;
using System.Net.Sockets;
using Fat.Decisions;
using Fat.Protocol;
using Fat.Registry;
using Fat.Registry.Redis;
using Fat.TestServers;
using StackExchange.Redis;

namespace Fat.Core.Tests.Registry;

/// <summary>Servers that are away, refuse, forget or come back. Each test has a server of its own.</summary>
public sealed class RedisFailureTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(2);

    private readonly GroupSample _group = new();
    private readonly ChildSample _child = new("1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Forgotten_scripts_are_sent_again()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Cancellation);
        await using var registry = Open(server);
        await registry.RegisterAsync(_group.RootRegistration(), Cancellation);

        await using (var connection = await server.ConnectAsync(Cancellation))
            await connection.ExecuteAsync(["SCRIPT", "FLUSH"], Cancellation);

        var read = await registry.ReadAsync([.. Enumerable.Repeat(_group.Gid, 20)], Cancellation);
        Assert.Equal(_group.Root, read[_group.Gid]!.RootInstance);
        await registry.PublishAsync(_group.Gid, GroupSample.Commit(_child.Prepared), Cancellation);
        Assert.Single(await registry.ReceiveAsync(_child.Instance, Long, Cancellation));
    }

    [Fact]
    public async Task A_restarted_server_is_used_again_by_itself_and_has_forgotten_the_groups()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Cancellation);
        await using var registry = Open(server);
        await registry.RegisterAsync(_group.RootRegistration(), Cancellation);
        Assert.Empty(await registry.ReceiveAsync(_group.Root, TimeSpan.FromMilliseconds(1), Cancellation));

        await server.KillAsync(Cancellation);
        await UntilAsync(async () => await Record.ExceptionAsync(() => HeartbeatAsync(registry)) is RegistryUnavailableException);
        await server.RestartAsync(keepData: false, Cancellation);
        await UntilAsync(async () => await Record.ExceptionAsync(() => HeartbeatAsync(registry)) is null);

        Assert.Null((await registry.ReadAsync([_group.Gid], Cancellation))[_group.Gid]);
        await registry.PushAsync(_group.Root, [new InboxMessage.Ready(_group.Gid, [])], Cancellation);
        IReadOnlyList<InboxMessage> received = [];
        await UntilAsync(async () =>
            await Record.ExceptionAsync(async () => received = await registry.ReceiveAsync(_group.Root, Long, Cancellation)) is null);
        Assert.Single(received);
    }

    [Fact]
    public async Task A_receive_that_waits_when_the_server_dies_ends()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Cancellation);
        await using var registry = Open(server);
        await registry.ReceiveAsync(_group.Root, TimeSpan.FromMilliseconds(1), Cancellation);
        var receiving = registry.ReceiveAsync(_group.Root, Long, Cancellation).AsTask();

        await server.KillAsync(Cancellation);

        await Assert.ThrowsAsync<RegistryUnavailableException>(() => receiving);
    }

    [Fact]
    public async Task Lost_and_restored_connections_are_told()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Cancellation);
        await using var registry = Open(server);
        var (lost, restored) = (new TaskCompletionSource(), new TaskCompletionSource());
        registry.Events.Lost = (_, _) => lost.TrySetResult();
        registry.Events.Restored = _ => restored.TrySetResult();
        await HeartbeatAsync(registry);

        await server.RestartAsync(keepData: true, Cancellation);

        await lost.Task.WaitAsync(Long, TimeProvider.System, Cancellation);
        await restored.Task.WaitAsync(Long, TimeProvider.System, Cancellation);
    }

    [Fact]
    public async Task A_process_starts_while_the_server_is_away_and_uses_it_when_it_is_there()
    {
        int port;
        await using (var reserved = await RedisServer.StartAsync(cancellationToken: Cancellation))
            port = reserved.Port;
        await using var registry = Open(port);
        await AssertUnavailableInTimeAsync(() => HeartbeatAsync(registry));

        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Port = port }, Cancellation);

        await UntilAsync(async () => await Record.ExceptionAsync(() => HeartbeatAsync(registry)) is null);
        await registry.PushAsync(_group.Root, [new InboxMessage.Ready(_group.Gid, [])], Cancellation);
        Assert.Single(await registry.ReceiveAsync(_group.Root, Long, Cancellation));
    }

    [Fact]
    public async Task A_server_that_never_answers_is_unavailable_in_time()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var registry = Open(((IPEndPoint)silent.LocalEndpoint).Port);

        await AssertUnavailableInTimeAsync(() => HeartbeatAsync(registry));
        await AssertUnavailableInTimeAsync(() => registry.ReceiveAsync(_group.Root, TimeSpan.FromMilliseconds(1), Cancellation).AsTask());
    }

    [Fact]
    public async Task A_server_that_hangs_is_unavailable_in_time_and_used_again_when_it_goes_on()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Cancellation);
        await using var registry = Open(server);
        await HeartbeatAsync(registry);

        await server.PauseAsync(Cancellation);
        await AssertUnavailableInTimeAsync(() => registry.RegisterAsync(_group.RootRegistration(), Cancellation).AsTask());
        await server.ResumeAsync(Cancellation);

        await UntilAsync(async () => await Record.ExceptionAsync(() => HeartbeatAsync(registry)) is null);
    }

    [Fact]
    public async Task A_connection_that_has_died_silently_is_replaced()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Cancellation);
        await using var registry = new RedisGroupRegistry(
            new FatRedisOptions { Host = server.Host, Port = server.Port, CommandTimeout = CommandTimeout, ConnectTimeout = CommandTimeout }, TimeProvider.System);
        await HeartbeatAsync(registry);
        await using var connection = await server.ConnectAsync(Cancellation);
        var before = await ClientIdsAsync(connection);

        await server.PauseAsync(Cancellation);
        await AssertUnavailableInTimeAsync(() => HeartbeatAsync(registry));
        await AssertUnavailableInTimeAsync(() => HeartbeatAsync(registry));
        await AssertUnavailableInTimeAsync(() => HeartbeatAsync(registry));
        await server.ResumeAsync(Cancellation);
        await UntilAsync(async () => await Record.ExceptionAsync(() => HeartbeatAsync(registry)) is null);

        // The plain connection alone lives on.
        await UntilAsync(async () => (await ClientIdsAsync(connection)).Intersect(before, StringComparer.Ordinal).Count() == 1);
    }

    [Fact]
    public async Task A_cancelled_operation_on_a_hanging_server_is_a_cancellation()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Cancellation);
        await using var registry = Open(server.Port, Long);
        await HeartbeatAsync(registry);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        await server.PauseAsync(Cancellation);
        var running = registry.RegisterAsync(_group.RootRegistration(), cancellation.Token).AsTask();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_wrong_password_is_unavailable()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { Password = "right, or not" }, Cancellation);
        await using var wrong = new RedisGroupRegistry(
            new FatRedisOptions { Host = server.Host, Port = server.Port, Password = "wrong" }, TimeProvider.System);
        await using var none = Open(server);
        await using var right = new RedisGroupRegistry(
            new FatRedisOptions { Host = server.Host, Port = server.Port, Password = "right, or not" }, TimeProvider.System);

        await HeartbeatAsync(right);
        await Assert.ThrowsAsync<RegistryUnavailableException>(() => HeartbeatAsync(wrong));
        await Assert.ThrowsAsync<RegistryUnavailableException>(() => HeartbeatAsync(none));
    }

    [Fact]
    public async Task A_replica_is_unavailable()
    {
        await using var master = await RedisServer.StartAsync(cancellationToken: Cancellation);
        await using var replica = await RedisServer.StartAsync(new RedisServerOptions { ReplicaOf = master.EndPoint }, Cancellation);
        await using var registry = Open(replica);

        await Assert.ThrowsAsync<RegistryUnavailableException>(() => registry.RegisterAsync(_group.RootRegistration(), Cancellation).AsTask());
    }

    [Fact]
    public async Task A_server_that_became_a_replica_is_unavailable()
    {
        await using var master = await RedisServer.StartAsync(cancellationToken: Cancellation);
        await using var server = await RedisServer.StartAsync(cancellationToken: Cancellation);
        await using var registry = Open(server);
        await HeartbeatAsync(registry);

        await using (var connection = await server.ConnectAsync(Cancellation))
            await connection.ExecuteAsync(["REPLICAOF", master.Host, $"{master.Port}"], Cancellation);

        await Assert.ThrowsAsync<RegistryUnavailableException>(() => registry.RegisterAsync(_group.RootRegistration(), Cancellation).AsTask());
    }

    [Fact]
    public async Task A_full_server_is_unavailable_and_records_nothing_by_halves()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Cancellation);
        await using var registry = Open(server);
        await HeartbeatAsync(registry);
        await using var connection = await server.ConnectAsync(Cancellation);
        await connection.ExecuteAsync(["CONFIG", "SET", "maxmemory", "1"], Cancellation);

        var failure = await Assert.ThrowsAsync<RegistryUnavailableException>(() => registry.RegisterAsync(_group.RootRegistration(), Cancellation).AsTask());
        Assert.Contains("register", failure.Message, StringComparison.Ordinal);
        Assert.Contains("OOM", failure.Message, StringComparison.Ordinal);

        await connection.ExecuteAsync(["CONFIG", "SET", "maxmemory", "0"], Cancellation);
        Assert.Null((await registry.ReadAsync([_group.Gid], Cancellation))[_group.Gid]);
        await registry.RegisterAsync(_group.RootRegistration(), Cancellation);
    }

    [Fact]
    public async Task A_full_server_lets_work_that_was_begun_go_on_and_end()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Cancellation);
        await using var registry = OpenRegistry.Of(new FatRedisOptions { Host = server.Host, Port = server.Port });
        var queue = QueueName.Calls(FatName.Parse("orders", "service name"));
        var me = GroupSample.NewInstance("orders");
        await registry.Queues.PutAsync(queue, [new WorkItem("done", "{}"), new WorkItem("failed", "{}"), new WorkItem("again", "{}")], Cancellation);
        var taken = (await registry.Queues.TakeAsync(queue, me, 3, TimeSpan.FromSeconds(1), Cancellation)).Items.ToDictionary(item => item.Hold.Id, item => item.Hold);
        await using var connection = await server.ConnectAsync(Cancellation);
        await connection.ExecuteAsync(["CONFIG", "SET", "maxmemory", "1"], Cancellation);

        await Assert.ThrowsAsync<RegistryUnavailableException>(() => registry.Queues.PutAsync(queue, [new WorkItem("more", "{}")], Cancellation).AsTask());
        Assert.Empty(await registry.Queues.RenewAsync(queue, [.. taken.Values], TimeSpan.FromMinutes(1), Cancellation));
        Assert.Empty(await registry.Queues.EndAsync(queue, [new WorkEnd(taken["failed"], WorkOutcome.Failed) { Delay = TimeSpan.FromMinutes(1), Reason = "bad" }], Cancellation));
        Assert.Empty(await registry.Queues.EndAsync(queue, [new WorkEnd(taken["done"], WorkOutcome.Done)], Cancellation));

        await connection.ExecuteAsync(["CONFIG", "SET", "maxmemory", "0"], Cancellation);
        var views = await registry.Queues.ReadAsync(queue, ["done", "failed", "again", "more"], Cancellation);
        Assert.Equal([null, WorkState.Later, WorkState.Taken, null], views.Select(view => view?.State));
        Assert.InRange((views[2]!.Due!.Value - TimeProvider.System.GetUtcNow()).TotalSeconds, 30, 61);
    }

    [Fact]
    public async Task Entries_that_cannot_be_read_are_passed_over()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Cancellation);
        await using var registry = Open(server);
        await using var connection = await server.ConnectAsync(Cancellation);
        var inbox = $"fat:inbox:{_group.Root}";
        await connection.ExecuteAsync(["RPUSH", inbox, "", "not json", "{}", "null", "[1]", $$"""{"type":"newer","gid":"{{_group.Gid}}"}"""], Cancellation);
        await connection.ExecuteAsync(["RPUSH", $"fat:resolve:{_group.Root.Service}", "not json", "{}"], Cancellation);
        await connection.ExecuteAsync(["HSET", $"fat:{{{_group.Gid}}}", "newer", "1", "scope:x", "y", "branch:x", "y", "root", "nobody", "decision", "maybe"], Cancellation);
        await registry.PushAsync(_group.Root, [new InboxMessage.Ready(_group.Gid, [])], Cancellation);

        Assert.Equal([new InboxMessage.Ready(_group.Gid, [])], await registry.ReceiveAsync(_group.Root, Long, Cancellation));
        Assert.Empty(await registry.TakeResolveRequestsAsync(_group.Root.Service, 10, Cancellation));
        var read = (await registry.ReadAsync([_group.Gid], Cancellation))[_group.Gid]!;
        Assert.Null(read.Decision);
        Assert.Null(read.RootInstance);
        Assert.Empty(read.Scopes);
        Assert.Empty(read.Branches);
    }

    [Theory]
    [InlineData("1-00000001-1 x nobody")]
    [InlineData("1-00000001-1")]
    [InlineData(null)]
    public async Task A_commit_whose_set_cannot_be_read_is_unknown(string? line)
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Cancellation);
        await using var registry = Open(server);
        await using var connection = await server.ConnectAsync(Cancellation);
        await connection.ExecuteAsync(["HSET", $"fat:{{{_group.Gid}}}", "call:0", _group.RootScope.Text, "decision", "committed"], Cancellation);
        if (line is not null)
            await connection.ExecuteAsync(["HSET", $"fat:{{{_group.Gid}}}", "set", $"{_child.Branch.Text} p {_child.Instance}\n{line}"], Cancellation);

        Assert.Null((await registry.ReadAsync([_group.Gid], Cancellation))[_group.Gid]!.Decision);
        await registry.PublishAsync(_group.Gid, DecisionRecord.RolledBack, Cancellation);
        Assert.Empty(await registry.ReceiveAsync(_child.Instance, TimeSpan.Zero, Cancellation));
        var log = new RegistryDecisionLog(registry);
        Assert.Null(await log.ReadAsync(_group.Gid, Cancellation));
        Assert.Null(await log.ResolveAsync(_group.Gid, Cancellation));
        Assert.Equal(DecisionResult.Unknown, (await log.CommitAsync(_group.Gid, [_child.Prepared], carrier: null, Cancellation)).Result);
    }

    [Theory]
    [InlineData("committed")]
    [InlineData("prepare")]
    public async Task Messages_of_which_a_branch_cannot_be_read_are_passed_over(string type)
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Cancellation);
        await using var registry = Open(server);
        await using var connection = await server.ConnectAsync(Cancellation);
        var start = $$"""{"type":"{{type}}","gid":"{{_group.Gid}}" """;
        var branch = $"{_child.Branch.Text} p {_child.Instance}";
        await connection.ExecuteAsync(
            ["RPUSH", $"fat:inbox:{_child.Instance}", $$"""{{start}},"branches":["{{branch}}","1-00000001-1 x nobody"]}""", $$"""{{start}},"branches":[null]}""", $$"""{{start}}}"""],
            Cancellation);
        await registry.PushAsync(_child.Instance, [new InboxMessage.Ready(_group.Gid, [])], Cancellation);

        Assert.Equal([new InboxMessage.Ready(_group.Gid, [])], await registry.ReceiveAsync(_child.Instance, Long, Cancellation));
    }

    [Fact]
    public async Task A_question_about_branches_that_cannot_be_read_is_not_taken_for_one_about_a_decision()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Cancellation);
        await using var registry = Open(server);
        await using var connection = await server.ConnectAsync(Cancellation);
        await connection.ExecuteAsync(
            ["RPUSH", $"fat:resolve:{_group.Root.Service}", $$"""{"gid":"{{_group.Gid}}","database":"main","askedBy":"{{_child.Instance}}","ageMs":1,"acknowledge":["1-00000001-1 x nobody"]}"""],
            Cancellation);

        Assert.Empty(await registry.TakeResolveRequestsAsync(_group.Root.Service, 10, Cancellation));
    }

    [Fact]
    public async Task The_applications_own_multiplexer_is_used_and_left_open()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Cancellation);
        using var multiplexer = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        var options = new FatRedisOptions { Port = 1, KeyPrefix = "shared" };

        await using (var all = RedisRegistry.Over(options, TimeProvider.System, multiplexer))
        {
            var registry = all.Groups;
            await registry.PushAsync(_group.Root, [new InboxMessage.Ready(_group.Gid, [])], Cancellation);
            Assert.Single(await registry.ReceiveAsync(_group.Root, Long, Cancellation));
            await registry.RegisterAsync(_group.RootRegistration(), Cancellation);
        }

        Assert.True(await multiplexer.GetDatabase().KeyExistsAsync($"shared:{{{_group.Gid}}}"));
    }

    [Fact]
    public async Task A_configuration_string_is_used_as_it_is()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Cancellation);
        await using var registry = new RedisGroupRegistry(
            new FatRedisOptions { Configuration = $"{server.ConnectionString},defaultDatabase=3", Port = 1, Database = 1 }, TimeProvider.System);
        await registry.RegisterAsync(_group.RootRegistration(), Cancellation);

        await using var connection = await server.ConnectAsync(Cancellation);
        await connection.ExecuteAsync(["SELECT", "3"], Cancellation);
        Assert.Equal("1", await connection.ExecuteAsync(["EXISTS", $"fat:{{{_group.Gid}}}"], Cancellation));
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("{tag}")]
    [InlineData("a23456789012345678901")]
    public void A_key_prefix_that_cannot_work_is_refused(string prefix) =>
        Assert.Throws<FatConfigurationException>(() => new RedisGroupRegistry(new FatRedisOptions { KeyPrefix = prefix }, TimeProvider.System));

    [Fact]
    public void A_configuration_that_cannot_be_read_is_refused() =>
        Assert.Throws<FatConfigurationException>(
            () => new RedisGroupRegistry(new FatRedisOptions { Configuration = "localhost,nonsense=1" }, TimeProvider.System));

    private static RedisGroupRegistry Open(RedisServer server) => Open(server.Port);

    private static RedisGroupRegistry Open(int port, TimeSpan? commandTimeout = null) =>
        new(new FatRedisOptions { Port = port, CommandTimeout = commandTimeout ?? CommandTimeout }, TimeProvider.System);

    private Task HeartbeatAsync(RedisGroupRegistry registry) => registry.HeartbeatAsync(_group.Root, Cancellation).AsTask();

    private static async Task AssertUnavailableInTimeAsync(Func<Task> operation)
    {
        var began = TimeProvider.System.GetTimestamp();
        await Assert.ThrowsAsync<RegistryUnavailableException>(operation);
        Assert.True(TimeProvider.System.GetElapsedTime(began) < CommandTimeout + Slack);
    }

    private static async Task<List<string>> ClientIdsAsync(RespConnection connection) =>
        [.. ((string)(await connection.ExecuteAsync(["CLIENT", "LIST"], Cancellation))!).Split('\n').Where(line => line.Length > 0).Select(line => line.Split(' ')[0])];

    /// <summary>Tries, at an interval, until it works or the time is up: the client reconnects on a clock of its own.</summary>
    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Long);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        while (!await condition())
            await ticks.WaitForNextTickAsync(limit.Token);
    }
}
