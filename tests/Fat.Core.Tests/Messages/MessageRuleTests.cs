using Fat.Core.Tests.World;
using Fat.Messages;
using Fat.Protocol;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Fat.Core.Tests.Messages;

/// <summary>What is refused, and what order, delay and failures do.</summary>
public sealed class MessageRuleTests(MessageWorld world) : IClassFixture<MessageWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<FatMessageRefusal> Refusals => [FatMessageRefusal.UnknownTopic, FatMessageRefusal.UnknownService, FatMessageRefusal.TooLarge, FatMessageRefusal.Empty];

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_cannot_be_delivered_is_refused_before_the_work(FatMessageRefusal refusal)
    {
        var id = MessageWorld.NextOrder();

        var refused = await Assert.ThrowsAsync<FatMessageRefusedException>(() => MessageWorld.OrderAsync(world.Orders, id, message => _ = refusal switch
        {
            FatMessageRefusal.UnknownTopic => message.Publish("nobody-listens", id),
            FatMessageRefusal.UnknownService => message.Call("nowhere", "/", id),
            FatMessageRefusal.TooLarge => message.Publish(Shipping.Topic, new string('x', 300_000)),
            _ => message,
        }));

        Assert.Equal(refusal, refused.Refusal);
        Assert.False(await world.Orders.HasAsync(id));
    }

    [Fact]
    public async Task A_transaction_of_the_application_is_refused()
    {
        var id = MessageWorld.NextOrder();
        await MessageWorld.InScopeAsync(world.Orders, async services =>
        {
            var items = services.GetRequiredService<ItemsContext>();
            await using var own = await items.Database.BeginTransactionAsync(Stop);
            var message = services.GetRequiredService<IFatMessages>().New().Publish(Shipping.Topic, new Ordered(id, "tea"));
            await Assert.ThrowsAsync<InvalidOperationException>(() => message.DoAndSubmitAsync(items, _ => Task.CompletedTask, Stop));
            return true;
        });

        Assert.False(await world.Shipping.HasAsync(id));
    }

    [Fact]
    public void Names_that_are_not_valid_are_refused()
    {
        var messages = world.Orders.Services.GetRequiredService<IFatMessages>();
        Assert.Throws<ArgumentException>(() => messages.New("with space"));
        Assert.Throws<ArgumentException>(() => messages.New("m~mine"));
        Assert.Throws<ArgumentException>(() => messages.New().Publish("a topic", 1));
        Assert.Throws<ArgumentException>(() => messages.New().Publish("topic", 1, string.Empty));
        Assert.Throws<ArgumentException>(() => messages.New().Call(new Uri("ftp://host/")));
        Assert.Throws<ArgumentOutOfRangeException>(() => messages.New().Delay(TimeSpan.FromSeconds(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => messages.New().Delay(TimeSpan.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => messages.New().RetryEvery(TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => messages.New().RetryEvery(TimeSpan.FromDays(3651)));
        Assert.Throws<ArgumentOutOfRangeException>(() => messages.New().RetryEvery(TimeSpan.FromMicroseconds(999)));
    }

    [Theory]
    [InlineData("//")]
    [InlineData("x:y")]
    [InlineData("mailto:x")]
    public void A_path_that_makes_no_address_is_refused(string path) =>
        Assert.Equal("path", Assert.Throws<ArgumentException>(() => world.Orders.Services.GetRequiredService<IFatMessages>().New().Call("called", path)).ParamName);

    [Theory]
    [InlineData("te nant", "7")]
    [InlineData("tenant:", "7")]
    [InlineData("tenant", "Zürich")]
    [InlineData("tenant", "a\r\nb")]
    [InlineData("tenant", "a\tb")]
    [InlineData("content-length", "7")]
    [InlineData("Transfer-Encoding", "chunked")]
    public void A_header_that_can_never_be_sent_is_refused(string name, string value) =>
        Assert.Throws<ArgumentException>(() => world.Orders.Services.GetRequiredService<IFatMessages>().New().Header(name, value));

    [Fact]
    public async Task A_header_of_the_body_takes_the_place_of_that_of_JSON_and_a_call_without_a_body_goes_without()
    {
        var id = MessageWorld.NextOrder();

        var gid = await MessageWorld.OrderAsync(
            world.Orders, id, message => message.Call("called", $"/typed/{id}", new { id }).Call("called", $"/bare/{id}").Header("content-type", "application/vnd.order+json").Header("tenant", ""));

        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);
        Assert.Equal("application/vnd.order+json", Assert.Single(world.Called.To($"/typed/{id}")).Headers["Content-Type"]);
        Assert.False(Assert.Single(world.Called.To($"/bare/{id}")).Headers.ContainsKey("Content-Type"));
    }

    [Fact]
    public async Task An_id_of_the_applications_own_is_refused_for_as_long_as_barriers_know_it()
    {
        var (gid, center) = ($"own-{MessageWorld.NextOrder()}", world.Orders.Services.GetRequiredService<MessageCenter>());
        await AgainAsync();
        var cancelled = $"own-{MessageWorld.NextOrder()}";
        await world.Orders.QueryAsync<long>(
            $"INSERT INTO fat_barrier (trans_type, gid, branch_id, op, barrier_id, reason) VALUES ('msg', '{cancelled}', '00', 'msg', '01', '{FatMessageSql.RolledBack}'); SELECT 1::bigint");
        await Dialects.TillWorld.UntilAsync(async () => await CountAsync(gid, FatMessageSql.Done) == 1);

        await PassAsync(TimeSpan.FromDays(2));

        Assert.Equal(FatMessageRefusal.Duplicate, (await Assert.ThrowsAsync<FatMessageRefusedException>(AgainAsync)).Refusal);
        Assert.Equal((1, 0), (await CountAsync(gid, FatMessageSql.Done), await CountAsync(cancelled, FatMessageSql.RolledBack)));

        await PassAsync(TimeSpan.FromDays(6));

        Assert.Equal(0, await CountAsync(gid, FatMessageSql.Done));
        await AgainAsync();

        Task AgainAsync() => MessageWorld.OrderAsync(world.Orders, MessageWorld.NextOrder(), message => message.Publish(Shipping.Topic, new Ordered(MessageWorld.NextOrder(), "tea")), gid: gid);

        Task<long> CountAsync(string id, string reason) => world.Orders.QueryAsync<long>($"SELECT count(*) FROM fat_barrier WHERE gid = '{id}' AND reason = '{reason}'");

        async Task PassAsync(TimeSpan time)
        {
            await world.Orders.QueryAsync<long>(
                $"UPDATE fat_barrier SET create_time = create_time - interval '{time.Days} days', update_time = update_time - interval '{time.Days} days' WHERE gid IN ('{gid}', '{cancelled}'); SELECT 1::bigint");
            await new MessagePurge(center).TurnAsync(Stop);
        }
    }

    [Fact]
    public async Task A_connection_to_another_database_than_the_only_one_is_refused_and_another_name_of_its_server_is_not()
    {
        using var host = Host(fat => fat.AddDatabase("orders", () => new NpgsqlConnection(world.Orders.ConnectionString)));
        var stores = host.Services.GetRequiredService<MessageStores>();
        var other = new NpgsqlConnectionStringBuilder(world.Orders.ConnectionString) { Host = "db.example" };

        await using var alias = new NpgsqlConnection(other.ConnectionString);
        await using var shipping = new NpgsqlConnection(world.Shipping.ConnectionString);

        Assert.Equal("orders", stores.OfConnection(alias).Database.Name.Text);
        Assert.Contains("belongs to none of the declared databases", Assert.Throws<FatConfigurationException>(() => stores.OfConnection(shipping)).Message, StringComparison.Ordinal);
        await stores.DisposeAsync();
    }

    [Fact]
    public async Task A_context_that_works_in_another_database_than_the_declared_one_is_refused_before_the_work()
    {
        var (id, gid) = (MessageWorld.NextOrder(), $"elsewhere-{Guid.NewGuid():n}");

        var refused = await MessageWorld.InScopeAsync(world.Orders, async services =>
        {
            var items = services.GetRequiredService<ItemsContext>();
            items.Database.SetConnectionString(world.Shipping.ConnectionString);
            var message = services.GetRequiredService<IFatMessages>().New(gid).Publish(Shipping.Topic, new Ordered(id, "tea"));
            return await Assert.ThrowsAsync<FatConfigurationException>(() => message.DoAndSubmitAsync(items, async _ =>
            {
                items.Add(new Item { Id = id, Text = "ordered" });
                await items.SaveChangesAsync(Stop);
            }, Stop));
        });

        foreach (var service in new[] { world.Orders, world.Shipping })
        {
            Assert.Contains($"Database={new NpgsqlConnectionStringBuilder(service.ConnectionString).Database}", refused.Message, StringComparison.Ordinal);
            Assert.Equal(0, await service.QueryAsync<long>($"SELECT count(*) FROM fat_barrier WHERE gid = '{gid}'"));
            Assert.False(await service.HasAsync(id));
        }
    }

    [Fact]
    public async Task A_context_of_the_only_database_may_have_another_name_of_its_server_and_be_open()
    {
        using var host = Host(fat => fat.AddDbContext<ItemsContext>("orders"), services => services.AddDbContext<ItemsContext>(context => context.UseNpgsql(world.Orders.ConnectionString)));
        await using var scope = host.Services.CreateAsyncScope();
        var items = scope.ServiceProvider.GetRequiredService<ItemsContext>();
        var stores = host.Services.GetRequiredService<MessageStores>();
        await items.Database.OpenConnectionAsync(Stop);

        Assert.Equal("orders", stores.OfContext(items).Database.Name.Text);
        await items.Database.CloseConnectionAsync();
        items.Database.SetConnectionString(new NpgsqlConnectionStringBuilder(world.Orders.ConnectionString) { Host = "db.example" }.ConnectionString);
        Assert.Equal("orders", stores.OfContext(items).Database.Name.Text);
        items.Database.SetConnectionString(new NpgsqlConnectionStringBuilder(world.Orders.ConnectionString) { Database = "tenant7" }.ConnectionString);
        Assert.Throws<FatConfigurationException>(() => stores.OfContext(items));
        await stores.DisposeAsync();
    }

    [Fact]
    public async Task Of_contexts_that_derive_from_each_other_each_has_its_own_database()
    {
        using var host = Host(
            fat => fat.AddDbContext<PlainContext>("orders").AddDbContext<FineContext>("shipping"),
            services => services.AddDbContext<PlainContext>(context => context.UseNpgsql(world.Orders.ConnectionString))
                .AddDbContext<FineContext>(context => context.UseNpgsql(world.Shipping.ConnectionString)));
        await using var scope = host.Services.CreateAsyncScope();
        var (plain, fine) = (scope.ServiceProvider.GetRequiredService<PlainContext>(), scope.ServiceProvider.GetRequiredService<FineContext>());
        await using var finest = new FinestContext(new DbContextOptionsBuilder<FinestContext>().UseNpgsql(world.Shipping.ConnectionString).Options);
        await using var plainest = new FinestContext(new DbContextOptionsBuilder<FinestContext>().UseNpgsql(world.Orders.ConnectionString).Options);
        var stores = host.Services.GetRequiredService<MessageStores>();

        Assert.Equal(["orders", "shipping", "shipping", "orders"], new DbContext[] { plain, fine, finest, plainest }.Select(context => stores.OfContext(context).Database.Name.Text));
        plain.Database.SetConnectionString(world.Shipping.ConnectionString);
        Assert.Throws<FatConfigurationException>(() => stores.OfContext(plain));
        await stores.DisposeAsync();
    }

    [Fact]
    public async Task Deliveries_of_a_key_keep_their_order_while_one_is_retried()
    {
        var ids = Enumerable.Range(0, 12).Select(_ => MessageWorld.NextOrder()).ToList();
        Sequence.Failures[ids[3]] = 2;
        var sequence = await world.StartSubscriberAsync<Sequence>("sequence");
        foreach (var id in ids)
            await MessageWorld.OrderAsync(world.Orders, id, message => message.Publish(Sequence.Topic, new Ordered(id, "tea"), $"customer-{id % 2}"));

        await Dialects.TillWorld.UntilAsync(() => Task.FromResult(ids.All(Sequence.Done.Contains)));

        foreach (var parity in new[] { 0, 1 })
            Assert.Equal(ids.Where(id => id % 2 == parity), Sequence.Done.Where(id => ids.Contains(id) && id % 2 == parity));
        await world.StopAsync(sequence);
    }

    [Fact]
    public async Task Branches_of_a_delayed_message_begin_when_its_time_has_come()
    {
        var (id, delay) = (MessageWorld.NextOrder(), TimeSpan.FromSeconds(1));
        var gid = await MessageWorld.OrderAsync(world.Orders, id, message => message.Publish(Shipping.Topic, new Ordered(id, "tea")).Call("called", $"/late/{id}").Delay(delay));
        var began = TimeProvider.System.GetTimestamp();

        Assert.All((await MessageWorld.Admin(world.Orders).FindAsync(gid, Stop))!.Branches, branch => Assert.Equal(FatMessageBranchState.Waiting, branch.State));
        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);

        Assert.True(TimeProvider.System.GetElapsedTime(began) > delay * 0.9);
        Assert.Equal("ordered tea", await world.Shipping.TextAsync(id));
        Assert.True(TimeProvider.System.GetElapsedTime(began, Assert.Single(world.Called.To($"/late/{id}")).At) > delay * 0.9);
    }

    [Fact]
    public async Task A_delayed_message_that_an_operator_takes_back_is_not_delivered()
    {
        var (id, delay) = (MessageWorld.NextOrder(), TimeSpan.FromSeconds(1));
        var gid = await MessageWorld.OrderAsync(world.Orders, id, message => message.Publish(Shipping.Topic, new Ordered(id, "tea")).Delay(delay));
        Assert.All((await MessageWorld.Admin(world.Orders).FindAsync(gid, Stop))!.Branches, branch => Assert.Equal((FatMessageBranchState.Waiting, true), (branch.State, branch.Next is not null)));

        Assert.Equal(2, await MessageWorld.Admin(world.Orders).CancelAsync(gid, "The customer has called.", Stop));

        // One that is made later and waits as long is delivered behind where this one would have been.
        var next = MessageWorld.NextOrder();
        await MessageWorld.UntilAsync(
            world.Orders, await MessageWorld.OrderAsync(world.Orders, next, message => message.Publish(Shipping.Topic, new Ordered(next, "tea")).Delay(delay)), FatMessageState.Consumed);
        Assert.All((await MessageWorld.Admin(world.Orders).FindAsync(gid, Stop))!.Branches, branch => Assert.Equal(FatMessageBranchState.Cancelled, branch.State));
        Assert.False(Shipping.Handled.ContainsKey(id));
    }

    [Theory]
    [InlineData(null, 3)]
    [InlineData("02", 1)]
    public async Task A_delayed_message_begins_at_once_when_an_operator_says_so(string? branch, int due)
    {
        var (id, refuses) = (MessageWorld.NextOrder(), true);
        world.Called.Answers[$"/soon/{id}"] = _ => Task.FromResult(Volatile.Read(ref refuses) ? (500, "Not now.") : (200, string.Empty));
        var gid = await MessageWorld.OrderAsync(
            world.Orders, id, message => message.Publish(Shipping.Topic, new Ordered(id, "tea")).Call("called", $"/soon/{id}").Delay(TimeSpan.FromHours(1)).RetryEvery(TimeSpan.FromMinutes(5)));

        Assert.Equal(due, await MessageWorld.Admin(world.Orders).RetryNowAsync(gid, branch, Stop));

        await MessageWorld.UntilAsync(
            world.Orders, gid, message => message.Branches[2].State == FatMessageBranchState.Retrying && message.Branches.Take(2).All(branch => branch.State == FatMessageBranchState.Consumed));
        Volatile.Write(ref refuses, false);
        Assert.Equal(1, await MessageWorld.Admin(world.Orders).RetryNowAsync(gid, cancellationToken: Stop));
        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);
        Assert.Equal(1, Shipping.Handled[id]);
    }

    [Fact]
    public async Task A_delayed_delivery_that_is_under_way_does_not_count_as_lost()
    {
        var (id, done) = (MessageWorld.NextOrder(), new TaskCompletionSource());
        Shipping.Staying[id] = done.Task;
        var gid = await MessageWorld.OrderAsync(world.Orders, id, message => message.Publish(Shipping.Topic, new Ordered(id, "tea")).Delay(TimeSpan.FromHours(1)));
        Assert.True(MessageId.TryParse(gid, out var message) & FatName.TryParse("orders", out var service));
        var center = world.Orders.Services.GetRequiredService<MessageCenter>();
        Assert.Empty(await MissingAsync());

        Assert.Equal(2, await MessageWorld.Admin(world.Orders).RetryNowAsync(gid, cancellationToken: Stop));
        await MessageWorld.UntilAsync(
            world.Orders, gid, shown => shown.Branches is [{ State: FatMessageBranchState.Consumed }, { State: FatMessageBranchState.Delivering }] && Shipping.Handled.ContainsKey(id));
        await Dialects.TillWorld.UntilAsync(async () => (await center.Queues.ReadAsync(QueueName.Calls(service), [gid], Stop))[0] is null);
        Assert.Empty(await MissingAsync());

        // Another one that nothing is there of.
        Assert.True(MessageId.TryParse($"{gid}-lost", out var lost));
        Assert.Equal([lost], await MissingAsync(lost));
        done.SetResult();
        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);
        Assert.Equal(1, Shipping.Handled[id]);

        async Task<IReadOnlySet<MessageId>> MissingAsync(MessageId? other = null)
        {
            var record = (await center.Records.ReadAsync(service, [message], Stop))[0]!;
            return await QueueSearch.MissingAsync(center, [record with { Id = other ?? record.Id }], Stop);
        }
    }

    [Fact]
    public async Task One_stuck_message_does_not_hold_up_others_and_ongoing_work_is_asked_again_at_the_same_pace()
    {
        // Were the pauses doubled, as those after failures are, the ninth would come after 51 s, and nobody waits for that here.
        const int Asked = 9;
        var (stuck, next, ongoing) = (MessageWorld.NextOrder(), MessageWorld.NextOrder(), true);
        _ = world.Called.Answers.TryAdd($"/stuck/{stuck}", _ => Task.FromResult(Volatile.Read(ref ongoing) ? (425, "ONGOING") : (200, string.Empty)));
        var gid = await MessageWorld.OrderAsync(world.Orders, stuck, message => message.Call("called", $"/stuck/{stuck}").Call("called", $"/behind/{stuck}"));
        var other = await MessageWorld.OrderAsync(world.Orders, next, message => message.Call("called", $"/next/{next}"));

        await MessageWorld.UntilAsync(world.Orders, other, FatMessageState.Consumed);
        await Dialects.TillWorld.UntilAsync(() => Task.FromResult(world.Called.To($"/stuck/{stuck}").Count >= Asked));
        Assert.Empty(world.Called.To($"/behind/{stuck}"));
        Volatile.Write(ref ongoing, false);

        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);
        Assert.Single(world.Called.To($"/behind/{stuck}"));
        var calls = world.Called.To($"/stuck/{stuck}");
        Assert.All(calls.Zip(calls.Skip(1)), pair => Assert.True(TimeProvider.System.GetElapsedTime(pair.First.At, pair.Second.At).TotalMilliseconds >= 190));
    }

    [Fact]
    public async Task Concurrent_calls_do_not_wait_for_each_other()
    {
        var (id, release) = (MessageWorld.NextOrder(), new TaskCompletionSource());
        world.Called.Answers[$"/one/{id}"] = async _ =>
        {
            await release.Task;
            return (200, string.Empty);
        };
        world.Called.Answers[$"/two/{id}"] = _ =>
        {
            release.SetResult();
            return Task.FromResult((200, string.Empty));
        };

        var gid = await MessageWorld.OrderAsync(world.Orders, id, message => message.Call("called", $"/one/{id}").Call("called", $"/two/{id}").Concurrent());

        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);
        Assert.Equal((1, 1), (world.Called.To($"/one/{id}").Count, world.Called.To($"/two/{id}").Count));
    }

    [Fact]
    public async Task Handlers_are_told_of_what_fails_often_and_of_what_fails_for_good()
    {
        var id = MessageWorld.NextOrder();
        Shipping.Failing[id] = "No truck.";
        var gid = await MessageWorld.OrderAsync(world.Orders, id, message => message.Publish(Shipping.Topic, new Ordered(id, "tea")));

        await Dialects.TillWorld.UntilAsync(() => Task.FromResult(Alarm.Alerts.Any(alert => alert.Gid == gid && alert.IsFinal)));

        var alerts = Alarm.Alerts.Where(alert => alert.Gid == gid).ToList();
        Assert.Equal([2, 3], alerts.Select(alert => alert.Failures));
        Assert.All(alerts, alert => Assert.Equal(("orders", "ordered/shipping", "02"), (alert.Service, alert.Target, alert.BranchId)));
        Assert.Equal(1, await MessageWorld.Admin(world.Orders).CancelAsync(gid, "It was a test.", Stop));
    }

    [Fact]
    public async Task What_cannot_be_read_has_failed_at_once_and_what_fails_to_read_something_else_has_not()
    {
        var reader = await world.StartSubscriberAsync<Reader>("reader");
        var ids = new[] { MessageWorld.NextOrder(), MessageWorld.NextOrder() };

        var unreadable = await MessageWorld.OrderAsync(world.Orders, ids[0], message => message.Publish(Reader.Topic, "no order"));
        var readable = await MessageWorld.OrderAsync(world.Orders, ids[1], message => message.Publish(Reader.Topic, new Ordered(ids[1], "tea")));

        var failed = await MessageWorld.UntilAsync(world.Orders, unreadable, FatMessageState.Failed);
        Assert.Equal(1, failed.Branches[0].Attempts);
        Assert.Contains("cannot read it", failed.Branches[0].Reason, StringComparison.Ordinal);
        Assert.Equal(2, (await MessageWorld.UntilAsync(world.Orders, readable, FatMessageState.Consumed)).Branches[0].Attempts);
        Assert.Equal(1, await MessageWorld.Admin(world.Orders).CancelAsync(unreadable, "It was a test.", Stop));
        await world.StopAsync(reader);
    }

    [Fact]
    public async Task A_parameter_that_cannot_be_made_has_failed_at_once_with_the_reason()
    {
        var picky = await world.StartSubscriberAsync<Picky>("picky");

        var gid = await MessageWorld.OrderAsync(world.Orders, MessageWorld.NextOrder(), message => message.Publish(Picky.Topic, new Ordered(1, "tea")));

        var branch = (await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Failed)).Branches[0];
        Assert.Equal(1, branch.Attempts);
        Assert.Contains("Picky.HandleAsync cannot read it", branch.Reason, StringComparison.Ordinal);
        Assert.Contains(nameof(IPicked), branch.Reason, StringComparison.Ordinal);
        Assert.Equal(1, await MessageWorld.Admin(world.Orders).CancelAsync(gid, "It was a test.", Stop));
        await world.StopAsync(picky);
    }

    [Fact]
    public async Task A_group_that_one_instance_forgets_is_forgotten_by_the_others()
    {
        var leaving = await world.StartSubscriberAsync<Leaving>("leaving");
        var other = await world.StartAsync("orders");
        var topic = FatName.Parse(Leaving.Topic, "topic");
        foreach (var service in new[] { world.Orders, other })
            Assert.Single(await service.Services.GetRequiredService<Topics>().GroupsAsync(topic, Stop));
        await world.StopAsync(leaving);

        await MessageWorld.Admin(world.Orders).UnsubscribeAsync(Leaving.Topic, "leaving", Stop);

        foreach (var service in new[] { world.Orders, other })
            await Dialects.TillWorld.UntilAsync(async () => (await service.Services.GetRequiredService<Topics>().GroupsAsync(topic, Stop)).IsEmpty);
        await world.StopAsync(other);
    }

    [Fact]
    public async Task Subscriptions_are_listed_with_what_waits()
    {
        var subscription = Assert.Single(await MessageWorld.Admin(world.Orders).ListSubscriptionsAsync(Stop), one => one is { Topic: Shipping.Topic, Group: "billing" });
        Assert.Equal(0, subscription.Retrying);
    }

    /// <summary>A process that is not started.</summary>
    private static IHost Host(Action<IFatBuilder> declare, Action<IServiceCollection>? also = null)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "single" });
        also?.Invoke(builder.Services);
        declare(builder.Services.AddFat().UseInMemoryRegistry());
        return builder.Build();
    }

    private class PlainContext : DbContext
    {
        public PlainContext(DbContextOptions<PlainContext> options)
            : base(options)
        {
        }

        protected PlainContext(DbContextOptions options)
            : base(options)
        {
        }
    }

    private class FineContext : PlainContext
    {
        public FineContext(DbContextOptions<FineContext> options)
            : base(options)
        {
        }

        protected FineContext(DbContextOptions options)
            : base(options)
        {
        }
    }

    private sealed class FinestContext(DbContextOptions<FinestContext> options) : FineContext(options);
}
