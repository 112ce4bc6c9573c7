using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Fat.Core.Tests.World;
using Fat.TestServers;
using Microsoft.EntityFrameworkCore;

namespace Fat.Core.Tests.Groups;

/// <summary>Calls of one group that reach the same process and database share one transaction (rule S9).</summary>
public sealed class JoinTests(JoinWorld world) : IClassFixture<JoinWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Service Orders => world.Orders;

    private Service Stock => world.Stock;

    [Theory]
    [InlineData(FatAnswer.Prepared)]
    [InlineData(FatAnswer.Early)]
    public async Task A_service_that_is_called_twice_sees_its_own_work_and_commits_it_with_one_prepare(FatAnswer answer)
    {
        var id = world.NextId();
        using var votes = new Votes();
        var register = new FatServiceRegisterAttribute { Answer = answer };
        await using var counted = await world.StartAsync($"twice-{answer}");

        var result = await Orders.RootAsync(async (_, _) =>
        {
            await counted.CallAsync((items, stop) => items.AddAsync(id, stop), register);
            await counted.CallAsync((items, _) => AppendAsync(items, id, "again"), register);
        });

        Assert.Null(result.Error);
        await counted.SeesAsync(id, Stop);
        Assert.Equal("added again", await TextAsync(counted, id));
        await world.StopAsync(counted);
        Assert.Equal([$"{counted.Name} prepared late"], votes.Of(counted.Name));
        Assert.Equal(1, votes.Obeyed(counted.Name));
    }

    [Fact]
    public async Task A_call_that_comes_back_to_the_root_works_in_the_transaction_that_carries_the_decision()
    {
        var id = world.NextId();
        using var votes = new Votes();
        await using var root = await world.StartAsync("returning");

        var result = await root.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await Stock.CallAsync(async (stock, stop) =>
            {
                await stock.AddAsync(id, stop);
                await root.CallAsync((back, _) => AppendAsync(back, id, "by stock"));
            });
            await AppendAsync(items, id, "by root");
        });

        Assert.Null(result.Error);
        Assert.Equal("added by stock by root", await TextAsync(root, id));
        await Stock.SeesAsync(id, Stop);
        await world.StopAsync(root);
        Assert.Empty(votes.Of(root.Name));
    }

    [Fact]
    public async Task A_call_that_comes_back_while_its_cause_is_still_in_its_transaction_goes_in_between()
    {
        var id = world.NextId();

        var result = await Orders.RootAsync((items, _) => items.WorkAsync(async context =>
        {
            context.Items.Add(new Item { Id = id, Text = "added" });
            await context.SaveChangesAsync(Stop);
            await Stock.CallAsync(async (stock, stop) =>
            {
                await stock.AddAsync(id, stop);
                await Orders.CallAsync((back, _) => AppendAsync(back, id, "by stock"));
            });
            await context.Items.Where(item => item.Id == id).ExecuteUpdateAsync(set => set.SetProperty(item => item.Text, item => item.Text + " by orders"), Stop);
        }));

        Assert.Null(result.Error);
        Assert.Equal("added by stock by orders", await TextAsync(Orders, id));
        await Stock.SeesAsync(id, Stop);
    }

    [Fact]
    public async Task Calls_at_the_same_time_take_turns_on_a_hot_row()
    {
        var id = world.NextId();

        var result = await Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Stock.CallAsync((stock, _) => AppendAsync(stock, id, "x"))));
        });

        Assert.Null(result.Error);
        await Stock.SeesAsync(id, Stop);
        Assert.Equal("added x x x x x x x x", await TextAsync(Stock, id));
    }

    [Fact]
    public async Task When_a_later_call_fails_the_work_of_the_earlier_ones_is_rolled_back_at_once()
    {
        var id = world.NextId();

        var result = await Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            await Stock.CallAsync((stock, _) => stock.WorkAsync(_ => throw new InvalidOperationException("Out of stock.")));
        });

        var error = Assert.IsType<FatAbortedException>(result.Error);
        Assert.Equal("stock", error.Service);
        Assert.Contains("Out of stock.", error.Reason, StringComparison.Ordinal);
        await NowhereAsync(id);
    }

    [Fact]
    public async Task A_root_that_fails_rolls_back_what_waits_to_be_told()
    {
        var id = world.NextId();

        var result = await Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            await Stock.CallAsync((stock, _) => AppendAsync(stock, id, "again"));
            throw new InvalidOperationException("Changed my mind.");
        });

        Assert.Equal(FatOutcome.RolledBack, result.Outcome);
        await NowhereAsync(id);
    }

    [Fact]
    public async Task What_wrote_nothing_votes_read_only_and_hears_of_no_decision()
    {
        var id = world.NextId();
        using var votes = new Votes();
        await using var reading = await world.StartAsync("reading");
        var early = new FatServiceRegisterAttribute { Answer = FatAnswer.Early };

        var result = await Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await reading.CallAsync((stock, _) => stock.CountAsync());
            await reading.CallAsync((stock, _) => stock.CountAsync(), early);
        });
        await world.StopAsync(reading);

        Assert.Null(result.Error);
        Assert.Equal(["reading read_only late"], votes.Of("reading"));
        Assert.Equal(0, votes.Obeyed("reading"));
    }

    [Theory]
    [InlineData(FatEnlistment.Ambient, false)]
    [InlineData(FatEnlistment.Ambient, true)]
    [InlineData(FatEnlistment.Direct, true)]
    public async Task Calls_join_whatever_the_enlistment_and_kind_of_branch(FatEnlistment enlistment, bool held)
    {
        var (id, gone) = (world.NextId(), world.NextId());
        await using var service = await world.StartAsync($"joined-{enlistment}-{held}", database: options => (options.Enlistment, options.Held) = (enlistment, held));

        var committed = await Orders.RootAsync((_, _) => TwiceAsync(service, id));
        var rolledBack = await Orders.RootAsync(async (_, _) =>
        {
            await TwiceAsync(service, gone);
            throw new InvalidOperationException("Changed my mind.");
        });

        Assert.Null(committed.Error);
        await service.SeesAsync(id, Stop);
        Assert.Equal("added again", await TextAsync(service, id));
        Assert.Equal(FatOutcome.RolledBack, rolledBack.Outcome);
        await world.NothingPreparedAsync(service);
        await world.StopAsync(service);
        Assert.False(await service.HasAsync(gone));
    }

    [Fact]
    public async Task Without_Redis_the_root_is_never_told_and_the_group_rolls_back()
    {
        var id = world.NextId();
        await using var redis = await RedisServer.StartAsync(cancellationToken: Stop);
        void Lonely(FatOptions options) => (options.Redis.Configuration, options.GroupTimeout) = (redis.ConnectionString, TimeSpan.FromSeconds(3));
        await using var root = await world.StartAsync("alone", Lonely);
        await using var child = await world.StartAsync("below", Lonely);

        var result = await root.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await TwiceAsync(child, id);
            await redis.KillAsync(token);
        });

        var error = Assert.IsType<FatAbortedException>(result.Error);
        Assert.Contains("votes missing of branches 1-", error.Reason, StringComparison.Ordinal);
        Assert.False(await root.HasAsync(id));
        await world.StopAsync(child);
        Assert.False(await child.HasAsync(id));
        await world.StopAsync(root);
    }

    [Fact]
    public async Task A_read_comes_before_a_write()
    {
        var id = world.NextId();

        var result = await Orders.RootAsync(async (_, _) =>
        {
            await Stock.CallAsync((stock, _) => stock.CountAsync());
            await Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
        });

        Assert.Null(result.Error);
        await Stock.SeesAsync(id, Stop);
    }

    [Fact]
    public async Task A_deferred_constraint_that_does_not_hold_fails_a_held_one_before_it_votes()
    {
        var id = world.NextId();
        await using var held = await world.StartAsync("held", database: database => database.Held = true);
        await held.QueryAsync<object>("CREATE TABLE numbers (number int UNIQUE DEFERRABLE INITIALLY DEFERRED)");

        var result = await Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await held.CallAsync((there, _) => there.WorkAsync(context => context.Database.ExecuteSqlAsync($"INSERT INTO numbers VALUES ({id})")));
            await held.CallAsync((there, _) => there.WorkAsync(context => context.Database.ExecuteSqlAsync($"INSERT INTO numbers VALUES ({id})")));
        });

        Assert.Contains("23505", Assert.IsType<FatAbortedException>(result.Error).Reason, StringComparison.Ordinal);
        Assert.False(await Orders.HasAsync(id), "the root committed, and the branch that had voted could not");
        Assert.Equal(0, await held.QueryAsync<long>("SELECT count(*) FROM numbers"));
        await world.StopAsync(held);
    }

    [Fact]
    public async Task A_higher_isolation_level_than_the_first_calls_is_refused_and_says_which()
    {
        var id = world.NextId();

        var result = await Orders.RootAsync(async (_, _) =>
        {
            await Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
            await Stock.CallAsync((stock, _) => stock.WorkSerializableAsync(_ => Task.CompletedTask));
        });

        var error = Assert.IsType<FatAbortedException>(result.Error);
        Assert.Contains("asks for isolation level Serializable", error.Reason, StringComparison.Ordinal);
        await NowhereAsync(id);
    }

    private static async Task TwiceAsync(Service service, int id)
    {
        await service.CallAsync((items, stop) => items.AddAsync(id, stop));
        await service.CallAsync((items, _) => AppendAsync(items, id, "again"));
    }

    private static Task AppendAsync(IItems items, int id, string text) => items.WorkAsync(async context =>
        Assert.Equal(1, await context.Items.Where(item => item.Id == id).ExecuteUpdateAsync(set => set.SetProperty(item => item.Text, item => item.Text + " " + text), Stop)));

    private static Task<string?> TextAsync(Service service, int id) => service.QueryAsync<string>($"SELECT text FROM items WHERE id = {id}");

    private async Task NowhereAsync(int id)
    {
        foreach (var service in new[] { Orders, Stock })
        {
            await world.NothingPreparedAsync(service);
            Assert.False(await service.HasAsync(id), service.Name);
        }
    }

    /// <summary>The votes of this process while it listens, and the branches that have obeyed a decision.</summary>
    private sealed class Votes : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentQueue<string> _votes = new();
        private readonly ConcurrentQueue<string> _obeyed = new();

        public Votes()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Fat" && instrument.Name is "fat.votes" or "fat.stage.wait")
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((_, _, tags, _) => _votes.Enqueue($"{Tag(tags, "fat.service")} {Tag(tags, "fat.vote")} {Tag(tags, "fat.prepare")}"));
            _listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
            {
                if (Tag(tags, "fat.stage") is "decision")
                    _obeyed.Enqueue((string)Tag(tags, "fat.service")!);
            });
            _listener.Start();
        }

        public IEnumerable<string> Of(string service) => _votes.Where(vote => vote.StartsWith(service, StringComparison.Ordinal));

        public int Obeyed(string service) => _obeyed.Count(one => one == service);

        public void Dispose() => _listener.Dispose();

        private static object? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
        {
            foreach (var (key, value) in tags)
            {
                if (key == name)
                    return value;
            }

            return null;
        }
    }
}
