using Fat.Core.Tests.World;
using Fat.Faults;
using Fat.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Messages;

/// <summary>Messages of <c>[FatTransaction]</c> methods: they are submitted if the group commits, and only then.</summary>
public sealed class MessageGroupTests(MessageWorld world) : IClassFixture<MessageWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(FatAnswer.Prepared)]
    [InlineData(FatAnswer.Early)]
    public async Task Messages_of_root_and_child_go_out_when_the_group_commits(FatAnswer answer)
    {
        var (mine, theirs) = (MessageWorld.NextOrder(), MessageWorld.NextOrder());
        var stock = await world.StartAsync("stock", options => options.Answer = answer);
        var gids = new string[2];

        var result = await world.Orders.RootAsync(async (items, _) =>
        {
            await items.WorkAsync(context => PublishAsync(world.Orders, context, mine, gid => gids[0] = gid));
            await stock.CallAsync((remote, _) => remote.WorkAsync(context => PublishAsync(stock, context, theirs, gid => gids[1] = gid)));
        });

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        await MessageWorld.UntilAsync(world.Orders, gids[0], FatMessageState.Consumed);
        await MessageWorld.UntilAsync(stock, gids[1], FatMessageState.Consumed);
        Assert.Equal(("ordered", "ordered tea"), (await world.Orders.TextAsync(mine), await world.Shipping.TextAsync(mine)));
        Assert.Equal(("ordered", "ordered tea"), (await stock.TextAsync(theirs), await world.Shipping.TextAsync(theirs)));
        await world.StopAsync(stock);
    }

    [Fact]
    public async Task Messages_of_a_group_that_rolls_back_are_cancelled()
    {
        var (mine, theirs) = (MessageWorld.NextOrder(), MessageWorld.NextOrder());
        var stock = await world.StartAsync("stock");
        var gids = new string[2];

        var result = await world.Orders.RootAsync(async (items, _) =>
        {
            await items.WorkAsync(context => PublishAsync(world.Orders, context, mine, gid => gids[0] = gid));
            await stock.CallAsync((remote, _) => remote.WorkAsync(context => PublishAsync(stock, context, theirs, gid => gids[1] = gid)));
            throw new InvalidOperationException("No money.");
        });

        Assert.Equal(FatOutcome.RolledBack, result.Outcome);
        await MessageWorld.UntilAsync(world.Orders, gids[0], FatMessageState.Cancelled);
        await MessageWorld.UntilAsync(stock, gids[1], FatMessageState.Cancelled);
        Assert.False(await world.Shipping.HasAsync(mine) || await world.Shipping.HasAsync(theirs) || await world.Orders.HasAsync(mine));
        await world.StopAsync(stock);
    }

    [Fact]
    public async Task A_message_goes_out_when_its_own_branch_has_committed_and_not_with_the_first_of_its_group()
    {
        var (first, second) = (MessageWorld.NextOrder(), MessageWorld.NextOrder());
        var gate = new Gate(FaultPoint.CommitPrepared);
        var ledger = await world.StartAsync("ledger", configure: fat => fat.Services.Select(service => service.ImplementationInstance).OfType<FatRegistrations>().Single().Faults = gate);
        var gids = new string[2];

        // The first branch carries the decision and is committed by it; the second one is prepared.
        var running = ledger.RootAsync(async (items, _) =>
        {
            await items.WorkAsync(context => PublishAsync(ledger, context, first, gid => gids[0] = gid));
            await items.WorkAsync(context => PublishAsync(ledger, context, second, gid => gids[1] = gid));
        });
        await gate.Reached.WaitAsync(TimeSpan.FromSeconds(30), Stop);
        await MessageWorld.UntilAsync(ledger, gids[0], FatMessageState.Consumed);

        Assert.Equal(FatMessageState.Prepared, (await MessageWorld.UntilAsync(ledger, gids[1], _ => true)).State);
        Assert.False(Shipping.Handled.ContainsKey(second));
        gate.Open();

        Assert.Equal(FatOutcome.Committed, (await running).Outcome);
        await MessageWorld.UntilAsync(ledger, gids[1], FatMessageState.Consumed);
        Assert.Equal(("ordered", "ordered tea"), (await ledger.TextAsync(second), await world.Shipping.TextAsync(second)));
        await world.StopAsync(ledger);
    }

    [Fact]
    public async Task A_message_on_the_connection_of_a_method_belongs_to_its_transaction()
    {
        var (id, gid) = (MessageWorld.NextOrder(), string.Empty);

        var result = await world.Orders.RootAsync((items, _) => items.WorkAsync(async context =>
        {
            var message = Message(world.Orders, id);
            gid = message.Gid;
            await message.DoAndSubmitAsync(FatLocalTransaction.Current!.Connection, async _ =>
            {
                context.Add(new Item { Id = id, Text = "ordered" });
                await context.SaveChangesAsync(Stop);
            }, Stop);
        }));

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);
        Assert.Equal("ordered tea", await world.Shipping.TextAsync(id));
    }

    [Fact]
    public async Task Beside_the_transaction_of_its_method_it_is_refused()
    {
        var (first, second, third) = (MessageWorld.NextOrder(), MessageWorld.NextOrder(), MessageWorld.NextOrder());
        var meant = Message(world.Orders, third);

        var result = await world.Orders.RootAsync((items, _) => items.WorkAsync(async _ =>
        {
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => MessageWorld.OrderAsync(world.Orders, first, message => message.Publish(Shipping.Topic, new Ordered(first, "tea"))));
            Assert.Contains("even if the method's group rolls back", refused.Message, StringComparison.Ordinal);
            await using var connection = new Npgsql.NpgsqlConnection(world.Orders.ConnectionString);
            await Assert.ThrowsAsync<InvalidOperationException>(() => Message(world.Orders, second).DoAndSubmitAsync(connection, _ => Task.CompletedTask, Stop));
            using (FatContext.Suppress())
                await meant.DoAndSubmitAsync(connection, _ => Task.CompletedTask, Stop);
            throw new TimeoutException("No money.");
        }));

        Assert.Equal(FatOutcome.RolledBack, result.Outcome);

        // Those that are refused would have come before it.
        await MessageWorld.UntilAsync(world.Orders, meant.Gid, FatMessageState.Consumed);
        Assert.False(await world.Orders.HasAsync(first) || await world.Shipping.HasAsync(first) || await world.Shipping.HasAsync(second));
        Assert.True(await world.Shipping.HasAsync(third));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Outside_of_a_group_it_follows_the_local_transaction(bool fails)
    {
        var (id, gid) = (MessageWorld.NextOrder(), string.Empty);
        var running = MessageWorld.InScopeAsync(world.Orders, async services =>
        {
            await services.GetRequiredService<IItems>().WorkAsync(async context =>
            {
                var message = Message(world.Orders, id);
                gid = message.Gid;
                await message.SubmitAsync(Stop);
                context.Add(new Item { Id = id, Text = "ordered" });
                await context.SaveChangesAsync(Stop);
                if (fails)
                    throw new InvalidOperationException("No money.");
            });
            return true;
        });

        if (fails)
            await Assert.ThrowsAsync<InvalidOperationException>(() => running);
        else
            await running;

        await MessageWorld.UntilAsync(world.Orders, gid, fails ? FatMessageState.Cancelled : FatMessageState.Consumed);
        Assert.Equal((!fails, !fails), (await world.Orders.HasAsync(id), await world.Shipping.HasAsync(id)));
    }

    [Fact]
    public async Task Without_any_transaction_it_is_stored_in_one_of_its_own()
    {
        var id = MessageWorld.NextOrder();
        var message = Message(world.Orders, id);

        await message.SubmitAsync(Stop);

        await MessageWorld.UntilAsync(world.Orders, message.Gid, FatMessageState.Consumed);
        Assert.Equal("ordered tea", await world.Shipping.TextAsync(id));
        await Assert.ThrowsAsync<InvalidOperationException>(() => message.SubmitAsync(Stop));
    }

    [Fact]
    public async Task On_a_connection_of_the_application_it_is_stored_in_that_transaction()
    {
        var id = MessageWorld.NextOrder();
        var message = Message(world.Orders, id);
        await using var connection = new Npgsql.NpgsqlConnection(world.Orders.ConnectionString);

        await message.DoAndSubmitAsync(connection, async transaction =>
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"INSERT INTO items (id, text) VALUES ({id}, 'by hand')";
            await command.ExecuteNonQueryAsync(Stop);
            Assert.Same(connection, transaction.Connection);
        }, Stop);

        await MessageWorld.UntilAsync(world.Orders, message.Gid, FatMessageState.Consumed);
        Assert.Equal(("by hand", "ordered tea", System.Data.ConnectionState.Closed), (await world.Orders.TextAsync(id), await world.Shipping.TextAsync(id), connection.State));
    }

    [Fact]
    public async Task In_an_ambient_transaction_it_is_stored_on_the_enlisted_connection()
    {
        var (id, gid) = (MessageWorld.NextOrder(), string.Empty);
        var ambient = await world.StartAsync("ambient", database: database => database.Enlistment = FatEnlistment.Ambient);

        var result = await ambient.RootAsync((items, _) => items.WorkAsync(async context =>
        {
            var message = Message(ambient, id);
            gid = message.Gid;
            context.Add(new Item { Id = id, Text = "ordered" });
            await context.SaveChangesAsync(Stop);
            await context.Database.CloseConnectionAsync();
            await message.SubmitAsync(Stop);
        }));

        Assert.True(result.Outcome == FatOutcome.Committed, $"{result.Error}");
        await MessageWorld.UntilAsync(ambient, gid, FatMessageState.Consumed);
        Assert.Equal(("ordered", "ordered tea"), (await ambient.TextAsync(id), await world.Shipping.TextAsync(id)));
        await world.StopAsync(ambient);
    }

    [Fact]
    public async Task The_message_of_a_lost_branch_is_never_sent_and_that_of_its_replay_is()
    {
        var (mine, id) = (MessageWorld.NextOrder(), MessageWorld.NextOrder());
        var strikes = new Strikes();
        var vault = await world.StartAsync(
            "vault",
            configure: fat =>
            {
                fat.AddTransactional<IVault, Vault>();
                fat.Services.Select(service => service.ImplementationInstance).OfType<FatRegistrations>().Single().Faults = strikes;
            },
            database: database => database.Held = true);
        strikes.DatabaseAt(FaultPoint.CommitHeld, after: false);

        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(mine, token);
            await vault.CallAsync(async (_, _) => await MessageWorld.InScopeAsync(vault, async services =>
            {
                await services.GetRequiredService<IVault>().OrderAsync(id);
                return true;
            }));
        });

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        await UntilAsync(() => Vault.Made[id].Count == 2);
        var gids = Vault.Made[id].ToArray();
        await MessageWorld.UntilAsync(vault, gids[1], FatMessageState.Consumed);
        await MessageWorld.UntilAsync(vault, gids[0], FatMessageState.Cancelled);
        Assert.Equal(("ordered", "ordered tea", 1), (await vault.TextAsync(id), await world.Shipping.TextAsync(id), Shipping.Handled[id]));
        await world.StopAsync(vault);
    }

    private static Task UntilAsync(Func<bool> holds) => Dialects.TillWorld.UntilAsync(() => Task.FromResult(holds()));

    private static FatMessage Message(Service service, int id) =>
        service.Services.GetRequiredService<IFatMessages>().New().Publish(Shipping.Topic, new Ordered(id, "tea"));

    private static async Task PublishAsync(Service service, ItemsContext context, int id, Action<string> gid)
    {
        var message = Message(service, id);
        gid(message.Gid);
        await message.DoAndSubmitAsync(context, async _ =>
        {
            context.Add(new Item { Id = id, Text = "ordered" });
            await context.SaveChangesAsync(Stop);
        }, Stop);
    }
}
