using Fat.Core.Tests.World;

namespace Fat.Core.Tests.Groups;

/// <summary>All or nothing over three services, real Redis and real PostgreSQL, for one way to answer.</summary>
public abstract class GroupTests(GroupWorld world)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Service Orders => world.Orders;

    private Service Stock => world.Stock;

    private Service Accounts => world.Accounts;

    [Fact]
    public async Task All_succeed_and_every_database_has_its_row()
    {
        var id = world.NextId();
        var result = await Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            await Accounts.CallAsync((accounts, stop) => accounts.AddAsync(id, stop));
        });

        Assert.Null(result.Error);
        Assert.Equal(FatOutcome.Committed, result.Outcome);
        Assert.True(await Orders.HasAsync(id), "the root's own row is there when it answers");
        await Stock.SeesAsync(id, Stop);
        await Accounts.SeesAsync(id, Stop);
    }

    [Fact]
    public async Task The_last_service_fails_and_nothing_is_left_anywhere()
    {
        var id = world.NextId();
        var result = await Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            await Accounts.CallAsync((accounts, _) => accounts.AddThenFailAsync(id));
        });

        var error = Assert.IsType<FatAbortedException>(result.Error);
        Assert.Equal("accounts", error.Service);
        Assert.Equal("ItemsService.AddThenFailAsync", error.Method);
        Assert.Contains("Out of stock.", error.Reason, StringComparison.Ordinal);
        await NowhereAsync(id);
    }

    [Fact]
    public async Task The_root_fails_after_its_children_answered()
    {
        var id = world.NextId();
        var result = await Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            throw new InvalidOperationException("Changed my mind.");
        });

        var error = Assert.IsType<FatAbortedException>(result.Error);
        Assert.Equal("orders", error.Service);
        Assert.IsType<InvalidOperationException>(error.InnerException);
        await NowhereAsync(id);
    }

    [Fact]
    public async Task A_failure_that_the_root_swallows_still_rolls_back_with_the_childs_reason()
    {
        var id = world.NextId();
        var result = await Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            try
            {
                await Stock.CallAsync((stock, _) => stock.AddThenFailAsync(id));
            }
            catch (HttpRequestException)
            {
                // Swallowed on purpose.
            }
        });

        var error = Assert.IsType<FatAbortedException>(result.Error);
        Assert.Equal("stock", error.Service);
        Assert.Contains("Out of stock.", error.Reason, StringComparison.Ordinal);
        await NowhereAsync(id);
    }

    [Fact]
    public async Task A_root_that_reads_first_commits()
    {
        var id = world.NextId();
        var result = await Orders.RootAsync(async (items, token) =>
        {
            await items.CountAsync();
            await Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            await items.AddAsync(id, token);
        });

        Assert.Null(result.Error);
        Assert.True(await Orders.HasAsync(id));
        await Stock.SeesAsync(id, Stop);
    }

    [Fact]
    public async Task A_chain_of_three_commits()
    {
        var id = world.NextId();
        var result = await Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await Stock.CallAsync(
                async (stock, stop) =>
                {
                    await stock.AddAsync(id, stop);
                    await Accounts.CallAsync((accounts, last) => accounts.AddAsync(id, last), new FatServiceRegisterAttribute { ServiceCount = 0 });
                },
                new FatServiceRegisterAttribute { ServiceCount = 1, LocalTransactionCount = 1 });
        }, new FatServiceRegisterAttribute { ServiceCount = 1, LocalTransactionCount = 1 });

        Assert.Null(result.Error);
        await Stock.SeesAsync(id, Stop);
        await Accounts.SeesAsync(id, Stop);
    }

    [Fact]
    public async Task The_end_of_a_chain_fails_and_all_of_it_rolls_back()
    {
        var id = world.NextId();
        var result = await Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await Stock.CallAsync(async (stock, stop) =>
            {
                await stock.AddAsync(id, stop);
                await Accounts.CallAsync((accounts, _) => accounts.AddThenFailAsync(id));
            });
        });

        Assert.Equal("accounts", Assert.IsType<FatAbortedException>(result.Error).Service);
        await NowhereAsync(id);
    }

    [Fact]
    public async Task The_same_service_twice_on_different_rows()
    {
        var (first, second) = (world.NextId(), world.NextId());
        var result = await Orders.RootAsync(
            async (_, _) =>
            {
                await Stock.CallAsync((stock, stop) => stock.AddAsync(first, stop));
                await Stock.CallAsync((stock, stop) => stock.AddAsync(second, stop));
            },
            new FatServiceRegisterAttribute { ServiceCount = 2, LocalTransactionCount = 0 });

        Assert.Null(result.Error);
        await Stock.SeesAsync(first, Stop);
        await Stock.SeesAsync(second, Stop);
    }

    [Theory]
    [InlineData(1, 1, "ServiceCount declares 1 calls to other services, and 2 were made.")]
    [InlineData(2, 3, "LocalTransactionCount declares 3 local transactions, and 1 ran.")]
    public async Task A_declared_count_that_does_not_fit_rolls_back(int services, int transactions, string reason)
    {
        var id = world.NextId();
        var result = await Orders.RootAsync(
            async (items, token) =>
            {
                await items.AddAsync(id, token);
                await Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
                await Accounts.CallAsync((accounts, stop) => accounts.AddAsync(id, stop));
            },
            new FatServiceRegisterAttribute { ServiceCount = services, LocalTransactionCount = transactions });

        Assert.Equal(reason, Assert.IsType<FatAbortedException>(result.Error).Reason);
        await NowhereAsync(id);
    }

    [Fact]
    public async Task A_slow_branch_is_cancelled_and_the_group_rolls_back()
    {
        var id = world.NextId();
        var cancelled = new TaskCompletionSource();
        var result = await Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await Stock.CallAsync((stock, stop) => stock.AddThenRunAsync(
                id,
                async branch =>
                {
                    branch.Register(cancelled.SetResult);
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, branch);
                },
                stop));
        });

        var error = Assert.IsType<FatAbortedException>(result.Error);
        Assert.Equal("stock", error.Service);
        Assert.Contains("400 ms (WaitResult)", error.Reason, StringComparison.Ordinal);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System, Stop);
        await NowhereAsync(id);
    }

    [Fact]
    public async Task Several_local_transactions_and_databases_in_one_scope()
    {
        var (first, second, archived, remote) = (world.NextId(), world.NextId(), world.NextId(), world.NextId());
        var result = await Orders.RootAsync(
            async (items, token) =>
            {
                await items.AddAsync(first, token);
                await items.AddElsewhereAsync(archived);
                await items.AddAsync(second, token);
                await Stock.CallAsync((stock, stop) => stock.AddAsync(remote, stop));
            },
            new FatServiceRegisterAttribute { ServiceCount = 1, LocalTransactionCount = 3 });

        Assert.Null(result.Error);
        Assert.True(await Orders.HasAsync(first));
        Assert.True(await Orders.HasAsync(second));
        Assert.True(await Orders.HasAsync(archived));
        await Stock.SeesAsync(remote, Stop);
    }

    [Fact]
    public async Task Several_local_transactions_roll_back_together()
    {
        var (first, second) = (world.NextId(), world.NextId());
        var result = await Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(first, token);
            await items.AddAsync(second, token);
            await items.AddThenFailAsync(world.NextId());
        });

        Assert.IsType<FatAbortedException>(result.Error);
        await NowhereAsync(first);
        await NowhereAsync(second);
    }

    [Fact]
    public async Task Branches_that_only_read_take_no_part_in_the_commit()
    {
        var id = world.NextId();
        var result = await Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await Stock.CallAsync((stock, _) => stock.CountAsync());
            await Accounts.CallAsync((accounts, _) => accounts.ChangeAsync(-1, "nobody"));
        });

        Assert.Null(result.Error);
        Assert.True(await Orders.HasAsync(id));
        Assert.Equal(0, await Orders.QueryAsync<long>($"SELECT count(*) FROM fat_barrier WHERE gid = '{result.Gid}'"));
    }

    [Fact]
    public async Task A_root_without_a_transaction_of_its_own_decides_in_its_database()
    {
        var id = world.NextId();
        var result = await Orders.RootAsync(async (_, _) =>
        {
            await Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            await Accounts.CallAsync((accounts, stop) => accounts.AddAsync(id, stop));
        });

        Assert.Null(result.Error);
        await Stock.SeesAsync(id, Stop);
        await Accounts.SeesAsync(id, Stop);
    }

    [Fact]
    public async Task Concurrent_groups_do_not_disturb_each_other()
    {
        // The votes of sixty groups at once, on a busy machine: this is not about how long a root waits for them.
        var patient = await world.StartAsync("patient", options => options.WaitCommit = TimeSpan.FromSeconds(20));
        var ids = Enumerable.Range(0, 60).Select(_ => world.NextId()).ToList();
        var results = await Task.WhenAll(ids.Select((id, i) => patient.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await Task.WhenAll(
                Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop)),
                Accounts.CallAsync((accounts, stop) => i % 3 == 0 ? accounts.AddThenFailAsync(id) : accounts.AddAsync(id, stop)));
        })));

        for (var i = 0; i < ids.Count; i++)
        {
            Assert.True(i % 3 == 0 == (results[i].Outcome == FatOutcome.RolledBack), results[i].Error?.ToString() ?? "committed");
            if (i % 3 == 0)
            {
                await NowhereAsync(ids[i]);
                Assert.False(await patient.HasAsync(ids[i]));
                continue;
            }

            Assert.True(await patient.HasAsync(ids[i]));
            await Stock.SeesAsync(ids[i], Stop);
            await Accounts.SeesAsync(ids[i], Stop);
        }
    }

    private async Task NowhereAsync(int id)
    {
        foreach (var service in new[] { Orders, Stock, Accounts })
        {
            await world.NothingPreparedAsync(service);
            Assert.False(await service.HasAsync(id), $"{service.Name} has a row of a group that rolled back");
        }
    }
}

public sealed class PreparedGroupTests(GroupWorld world) : GroupTests(world), IClassFixture<GroupWorld>;

public sealed class JoinedGroupTests(JoinWorld world) : GroupTests(world), IClassFixture<JoinWorld>;

public sealed class EarlyGroupTests(EarlyWorld world) : GroupTests(world), IClassFixture<EarlyWorld>;
