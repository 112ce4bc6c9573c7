using Fat.Core.Tests.World;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Groups;

/// <summary>Methods that commit, or roll back, the transaction that Fat has lent them. PostgreSQL accepts PREPARE and COMMIT behind it with a warning; the driver refuses them.</summary>
public sealed class EndedTransactionTests(EndedTransactionTests.Shop world) : IClassFixture<EndedTransactionTests.Shop>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Ends
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var service in new[] { "stock", "held" })
            {
                foreach (var end in new[] { "context commits", "context rolls back", "context commits and begins", "COMMIT", "ROLLBACK" })
                    data.Add(service, end);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task A_branch_whose_method_has_ended_its_transaction_does_not_vote(string service, string end)
    {
        var (root, child) = (world.NextId(), world.NextId());
        var branch = service == "held" ? world.Held : world.Stock;

        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(root, token);
            await branch.CallAsync((there, _) => there.WorkAsync(context => EndAsync(context, child, end)));
        });

        Assert.Equal(FatOutcome.RolledBack, result.Outcome);
        Told(end, result.Error!);
        Assert.False(await world.Orders.HasAsync(root));
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task A_root_whose_method_has_ended_its_transaction_does_not_decide(string service, string end)
    {
        var (root, child) = (world.NextId(), world.NextId());
        var began = service == "held" ? world.Held : world.Orders;

        var result = await began.RootAsync(async (items, _) =>
        {
            await world.Stock.CallAsync((stock, stop) => stock.AddAsync(child, stop));
            await items.WorkAsync(context => EndAsync(context, root, end));
        });

        Assert.Equal(FatOutcome.RolledBack, result.Outcome);
        Told(end, result.Error!);
        await world.NothingPreparedAsync(world.Stock);
        Assert.False(await world.Stock.HasAsync(child));
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task Outside_of_a_group_it_is_told(string service, string end)
    {
        await using var scope = (service == "held" ? world.Held : world.Orders).Services.CreateAsyncScope();
        var thrown = await Assert.ThrowsAnyAsync<Exception>(() => scope.ServiceProvider.GetRequiredService<IItems>().WorkAsync(context => EndAsync(context, world.NextId(), end)));
        Told(end, thrown);
    }

    [Fact]
    public async Task Savepoints_are_the_methods_own()
    {
        var (kept, lost) = (world.NextId(), world.NextId());
        var result = await world.Orders.RootAsync((_, _) => world.Stock.CallAsync((stock, _) => stock.WorkAsync(async context =>
        {
            await AddAsync(context, kept);
            await context.Database.CurrentTransaction!.CreateSavepointAsync("before", Stop);
            await AddAsync(context, lost);
            await context.Database.CurrentTransaction.RollbackToSavepointAsync("before", Stop);
        })));

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        await world.Stock.SeesAsync(kept, Stop);
        Assert.False(await world.Stock.HasAsync(lost));
    }

    private static void Told(string end, Exception exception) =>
        Assert.Contains(end.StartsWith("context", StringComparison.Ordinal) ? "ended its transaction by itself" : "Transaction is already completed", exception.Message, StringComparison.Ordinal);

    private static async Task EndAsync(ItemsContext context, int id, string end)
    {
        await AddAsync(context, id);
        await (end switch
        {
            "context commits" => context.Database.CommitTransactionAsync(Stop),
            "context commits and begins" => AgainAsync(context),
            "context rolls back" => context.Database.RollbackTransactionAsync(Stop),
            _ => context.Database.ExecuteSqlRawAsync(end, Stop),
        });
    }

    private static async Task AgainAsync(ItemsContext context)
    {
        await context.Database.CommitTransactionAsync(Stop);
        await context.Database.BeginTransactionAsync(Stop);
    }

    private static async Task AddAsync(ItemsContext context, int id)
    {
        context.Items.Add(new Item { Id = id, Text = "added" });
        await context.SaveChangesAsync(Stop);
    }

    /// <summary>With a service whose branches are held.</summary>
    public sealed class Shop(Servers servers) : GroupWorld(servers)
    {
        public Service Held { get; private set; } = null!;

        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            Held = await StartAsync("held", database: database => database.Held = true);
        }
    }
}
