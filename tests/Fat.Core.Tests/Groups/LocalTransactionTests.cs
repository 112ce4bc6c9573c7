using Fat.Core.Tests.World;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Groups;

/// <summary>[FatTransaction] methods with no group open, and groups that never leave their process.</summary>
public sealed class LocalTransactionTests(GroupWorld world) : IClassFixture<GroupWorld>
{
    private Service Orders => world.Orders;

    [Fact]
    public async Task Outside_of_a_group_it_is_an_ordinary_transaction()
    {
        var (kept, lost) = (world.NextId(), world.NextId());
        await using var scope = Orders.Services.CreateAsyncScope();
        var items = scope.ServiceProvider.GetRequiredService<IItems>();

        await items.AddAsync(kept, TestContext.Current.CancellationToken);
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => items.AddThenFailAsync(lost));

        Assert.Equal("Out of stock.", thrown.Message);
        Assert.True(await Orders.HasAsync(kept));
        Assert.False(await Orders.HasAsync(lost));
    }

    [Fact]
    public async Task Outside_of_a_group_and_in_a_group_of_one_branch_nothing_of_it_reaches_Redis()
    {
        var before = (await GroupKeysAsync()).Count();
        await using (var scope = Orders.Services.CreateAsyncScope())
        {
            var items = scope.ServiceProvider.GetRequiredService<IItems>();
            await items.AddAsync(world.NextId(), TestContext.Current.CancellationToken);
            await items.AddAsRootAsync(world.NextId());
        }

        var result = await Orders.RootAsync((items, token) => items.AddAsync(world.NextId(), token));

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        Assert.DoesNotContain(await GroupKeysAsync(), key => key.Contains(result.Gid, StringComparison.Ordinal));
        Assert.Equal(before, (await GroupKeysAsync()).Count());
    }

    [Fact]
    public async Task A_method_called_from_within_another_joins_its_transaction()
    {
        var (first, second, duplicate) = (world.NextId(), world.NextId(), world.NextId());
        await using var scope = Orders.Services.CreateAsyncScope();
        var items = scope.ServiceProvider.GetRequiredService<IItems>();

        await items.AddTwiceNestedAsync(first, second);
        await Assert.ThrowsAnyAsync<Exception>(() => items.AddTwiceNestedAsync(duplicate, duplicate));

        Assert.True(await Orders.HasAsync(first));
        Assert.True(await Orders.HasAsync(second));
        Assert.False(await Orders.HasAsync(duplicate), "the first insert was committed although the method failed");
    }

    [Fact]
    public async Task A_group_that_begins_inside_of_it_is_none_of_it()
    {
        var (outer, root, child) = (world.NextId(), world.NextId(), world.NextId());
        FatScopeResult? result = null;
        await Assert.ThrowsAsync<InvalidOperationException>(() => InAnotherScopeAsync(items => AddThenAsync(
            items,
            outer,
            async () =>
            {
                result = await Orders.RootAsync(async (inside, token) =>
                {
                    await inside.AddAsync(root, token);
                    await world.Stock.CallAsync((stock, there) => stock.AddAsync(child, there));
                });
                throw new InvalidOperationException("Out of stock.");
            })));

        Assert.Equal(FatOutcome.Committed, result!.Outcome);
        await world.Stock.SeesAsync(child, TestContext.Current.CancellationToken);
        Assert.True(await Orders.HasAsync(root), "the group has committed at Stock, and its root's branch was rolled back with another transaction");
        Assert.False(await Orders.HasAsync(outer));
    }

    [Fact]
    public async Task What_suppresses_its_group_is_not_rolled_back_with_it()
    {
        var (branch, apart) = (world.NextId(), world.NextId());
        var result = await Orders.RootAsync((items, token) => AddThenAsync(
            items,
            branch,
            async () =>
            {
                using (FatContext.Suppress())
                    await InAnotherScopeAsync(there => there.AddAsync(apart, token));
                throw new InvalidOperationException("Out of stock.");
            }));

        Assert.Equal(FatOutcome.RolledBack, result.Outcome);
        Assert.False(await Orders.HasAsync(branch));
        Assert.True(await Orders.HasAsync(apart));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_of_another_DI_scope_joins_its_transaction_too(bool inGroup)
    {
        var (kept, keptInside, keptDeeper, lost, lostInside) = (world.NextId(), world.NextId(), world.NextId(), world.NextId(), world.NextId());

        await RunAsync((items, _) => AddThenAsync(items, kept, () => InAnotherScopeAsync(there => there.AddTwiceNestedAsync(keptInside, keptDeeper))));
        await Assert.ThrowsAnyAsync<Exception>(() => RunAsync((items, token) => AddThenAsync(
            items,
            lost,
            async () =>
            {
                await InAnotherScopeAsync(there => there.AddAsync(lostInside, token));
                throw new InvalidOperationException("Out of stock.");
            })));

        Assert.True(await Orders.HasAsync(kept));
        Assert.True(await Orders.HasAsync(keptInside));
        Assert.True(await Orders.HasAsync(keptDeeper));
        Assert.False(await Orders.HasAsync(lost));
        Assert.False(await Orders.HasAsync(lostInside), "the inner insert was committed although the outer method failed");

        async Task RunAsync(Func<IItems, CancellationToken, Task> body)
        {
            if (inGroup)
            {
                if ((await Orders.RootAsync(body)).Error is { } error)
                    throw error;
                return;
            }

            await using var scope = Orders.Services.CreateAsyncScope();
            await body(scope.ServiceProvider.GetRequiredService<IItems>(), TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_that_asks_for_a_higher_isolation_level_than_it_would_join_is_refused(bool inAnotherScope)
    {
        var (refused, kept) = (world.NextId(), world.NextId());
        await using var scope = Orders.Services.CreateAsyncScope();
        var items = scope.ServiceProvider.GetRequiredService<IItems>();

        var thrown = await Assert.ThrowsAsync<FatConfigurationException>(() => items.WorkAsync(async context =>
        {
            await context.Database.ExecuteSqlAsync($"INSERT INTO items (id) VALUES ({refused})");
            if (inAnotherScope)
                await InAnotherScopeAsync(there => there.WorkSerializableAsync(_ => Task.CompletedTask));
            else
                await items.WorkSerializableAsync(_ => Task.CompletedTask);
        }));
        await items.WorkSerializableAsync(async context =>
        {
            await context.Database.ExecuteSqlAsync($"INSERT INTO items (id) VALUES ({kept})");
            await items.ChangeAsync(kept, "changed");
            await items.WorkAsync(_ => Task.CompletedTask);
        });

        Assert.Contains("asks for isolation level Serializable", thrown.Message, StringComparison.Ordinal);
        Assert.False(await Orders.HasAsync(refused));
        Assert.Equal("changed", await Orders.TextAsync(kept));
    }

    [Fact]
    public async Task One_that_writes_inside_one_that_only_reads_is_refused_by_the_server()
    {
        var id = world.NextId();

        var result = await Orders.RootAsync((items, token) => items.ReadAsync(_ => items.AddAsync(id, token)));

        var reason = Assert.IsType<FatAbortedException>(result.Error).Reason;
        Assert.Contains("25006", reason, StringComparison.Ordinal);
        Assert.Contains("Remove ReadOnly", reason, StringComparison.Ordinal);
        Assert.False(await Orders.HasAsync(id));
    }

    private static Task AddThenAsync(IItems items, int id, Func<Task> then) => items.WorkAsync(async context =>
    {
        context.Items.Add(new Item { Id = id, Text = "added" });
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        await then();
    });

    private async Task InAnotherScopeAsync(Func<IItems, Task> body)
    {
        await using var scope = Orders.Services.CreateAsyncScope();
        await body(scope.ServiceProvider.GetRequiredService<IItems>());
    }

    [Fact]
    public async Task Two_at_once_on_one_context_are_told_apart_from_a_transaction_of_its_own()
    {
        var (running, refused, after) = (world.NextId(), world.NextId(), world.NextId());
        await using var scope = Orders.Services.CreateAsyncScope();
        var items = scope.ServiceProvider.GetRequiredService<IItems>();
        var (begun, until) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = items.AddThenRunAsync(
            running,
            _ =>
            {
                begun.SetResult();
                return until.Task;
            },
            TestContext.Current.CancellationToken);
        await begun.Task;

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => items.AddAsync(refused, TestContext.Current.CancellationToken));
        until.SetResult();
        await first;
        await items.AddAsync(after, TestContext.Current.CancellationToken);

        Assert.Contains("Another [FatTransaction] method is using this ItemsContext now", thrown.Message, StringComparison.Ordinal);
        Assert.True(await Orders.HasAsync(running));
        Assert.False(await Orders.HasAsync(refused));
        Assert.True(await Orders.HasAsync(after));
    }

    [Fact]
    public async Task A_marked_service_method_is_a_root_and_its_failure_reaches_the_caller()
    {
        var (kept, lost) = (world.NextId(), world.NextId());
        await using var scope = Orders.Services.CreateAsyncScope();
        var items = scope.ServiceProvider.GetRequiredService<IItems>();

        await items.AddAsRootAsync(kept);
        var error = await Assert.ThrowsAsync<FatAbortedException>(() => items.AddAsRootWithWrongCountAsync(lost));

        Assert.Equal("ServiceCount declares 1 calls to other services, and 0 were made.", error.Reason);
        Assert.True(await Orders.HasAsync(kept));
        Assert.False(await Orders.HasAsync(lost));
    }

    [Fact]
    public async Task A_transaction_that_failed_in_silence_is_not_called_committed()
    {
        var (alone, grouped, inChild) = (world.NextId(), world.NextId(), world.NextId());
        await using var scope = Orders.Services.CreateAsyncScope();
        var thrown = await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => scope.ServiceProvider.GetRequiredService<IItems>().AddAndSwallowAnErrorAsync(alone));
        var root = await Orders.RootAsync((items, _) => items.AddAndSwallowAnErrorAsync(grouped));
        var child = await Orders.RootAsync((_, _) => world.Stock.CallAsync((stock, _) => stock.AddAndSwallowAnErrorAsync(inChild)));

        Assert.Equal("25P02", thrown.SqlState);
        Assert.Equal(FatOutcome.RolledBack, root.Outcome);
        Assert.Equal(FatOutcome.RolledBack, child.Outcome);
        Assert.False(await Orders.HasAsync(alone));
        Assert.False(await Orders.HasAsync(grouped));
        Assert.False(await world.Stock.HasAsync(inChild));
    }

    /// <summary>As README.md says: EF Core goes back to a savepoint of its own, so the transaction is as it was before.</summary>
    [Fact]
    public async Task A_failed_SaveChanges_is_undone_alone_and_the_method_goes_on()
    {
        var (first, second) = (world.NextId(), world.NextId());
        var root = await Orders.RootAsync((items, _) => items.WorkAsync(async context =>
        {
            context.Items.Add(new Item { Id = first, Text = "kept" });
            await context.SaveChangesAsync(TestContext.Current.CancellationToken);
            context.ChangeTracker.Clear();
            context.Items.AddRange(new Item { Id = second, Text = "lost" }, new Item { Id = first, Text = "twice" });
            await Assert.ThrowsAsync<DbUpdateException>(() => context.SaveChangesAsync(TestContext.Current.CancellationToken));
        }));

        Assert.True(root.Outcome == FatOutcome.Committed, $"{root.Error}");
        Assert.Equal("kept", await Orders.TextAsync(first));
        Assert.False(await Orders.HasAsync(second));
    }

    [Fact]
    public async Task A_client_that_goes_away_rolls_its_group_back()
    {
        var id = world.NextId();
        using var client = new CancellationTokenSource();
        var result = await Orders.CancellableRootAsync(
            async (items, token) =>
            {
                await items.AddAsync(id, CancellationToken.None);
                await client.CancelAsync();
                token.ThrowIfCancellationRequested();
            },
            null,
            client.Token);

        Assert.Equal("The caller has cancelled the request.", Assert.IsType<FatAbortedException>(result.Error).Reason);
        Assert.False(await Orders.HasAsync(id));
    }

    [Fact]
    public async Task A_group_that_is_over_time_rolls_back_and_tells_its_methods()
    {
        var id = world.NextId();
        var result = await Orders.RootAsync(
            async (items, token) =>
            {
                await items.AddAsync(id, token);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            },
            new FatServiceRegisterAttribute { TimeoutMilliseconds = 300 });

        Assert.Equal("The group's time of 300 ms is over.", Assert.IsType<FatAbortedException>(result.Error).Reason);
        Assert.False(await Orders.HasAsync(id));
    }

    /// <summary>The records of groups; heartbeats and the like belong to the process.</summary>
    private async Task<IEnumerable<string>> GroupKeysAsync()
    {
        await using var redis = await world.Servers.Redis.ConnectAsync(TestContext.Current.CancellationToken);
        var keys = (IEnumerable<object?>)(await redis.ExecuteAsync(["KEYS", $"{world.KeyPrefix}:{{????????-????-7*"], TestContext.Current.CancellationToken))!;
        return keys.Select(key => (string)key!);
    }
}
