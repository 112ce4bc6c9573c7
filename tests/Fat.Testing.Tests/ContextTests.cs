using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Testing.Tests;

/// <summary>A service as it is in production, with a DbContext, on EF Core's InMemory provider.</summary>
public sealed class ContextTests : IAsyncLifetime
{
    private readonly FatTestCluster _fat = new();
    private readonly string _name = Guid.NewGuid().ToString();
    private FatTestService _service = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _service = await _fat.AddAsync(
            "shelf",
            services =>
            {
                services.AddDbContext<ShelfContext>(options => options.UseInMemoryDatabase(_name));
                services.AddFat().AddDbContext<ShelfContext>().AddTransactional<IShelf, Shelf>();
            },
            Stop);
        await LookAsync(async context =>
        {
            context.Books.AddRange(new Book { Id = 1, Title = "old" }, new Book { Id = 2, Title = "gone" });
            return await context.SaveChangesAsync(Stop);
        });
    }

    public ValueTask DisposeAsync() => _fat.DisposeAsync();

    [Fact]
    public async Task What_a_group_saves_stays_when_it_commits()
    {
        var result = await _service.RunAsync((services, stop) => services.GetRequiredService<IShelf>().RearrangeAsync(stop), Stop);

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        await _fat.Groups.CommittedAsync(Stop);
        Assert.Equal(["new", "newer"], await TitlesAsync());
    }

    [Fact]
    public async Task What_a_group_saves_is_taken_back_when_it_rolls_back()
    {
        var result = await _service.RunAsync(
            async (services, stop) =>
            {
                await services.GetRequiredService<IShelf>().RearrangeAsync(stop);
                throw new InvalidOperationException("Not today.");
            },
            Stop);

        Assert.Equal(FatOutcome.RolledBack, result.Outcome);
        await _fat.Groups.RolledBackAsync("Not today.", Stop);
        Assert.Equal(["old", "gone"], await TitlesAsync());
    }

    [Fact]
    public async Task What_a_service_that_is_killed_has_saved_is_taken_back()
    {
        _fat.Faults.KillBeforeDecision("shelf");
        await Assert.ThrowsAsync<FatTestKilledException>(() => _service.RunAsync((services, stop) => services.GetRequiredService<IShelf>().RearrangeAsync(stop), Stop));

        await _service.StartAsync(Stop);
        await _fat.Groups.RolledBackAsync(cancellationToken: Stop);
        Assert.Equal(["old", "gone"], await TitlesAsync());
    }

    [Fact]
    public async Task Another_branch_waits_for_a_row_that_is_not_decided_yet()
    {
        var held = _fat.Faults.HoldBefore("shelf", FatTestPoint.Decide);
        var first = _service.RunAsync((services, stop) => services.GetRequiredService<IShelf>().RearrangeAsync(stop), Stop);
        await held.StruckAsync(Stop);
        var second = _service.RunAsync((services, stop) => services.GetRequiredService<IShelf>().RenameAsync("second", stop), Stop);
        await _fat.Groups.WhereAsync(group => group.Method == "Test" && group.Branches.Any(branch => branch.Method == "Shelf.RenameAsync"), Stop);
        Assert.False(second.IsCompleted);

        held.Release();
        Assert.Equal(FatOutcome.Committed, (await first).Outcome);
        Assert.Equal(FatOutcome.Committed, (await second).Outcome);
        await _fat.Groups.AllOverAsync(Stop);
        Assert.Equal(["second", "newer"], await TitlesAsync());
    }

    [Fact]
    public async Task A_context_on_a_server_is_refused_inside_a_branch()
    {
        await using var fat = new FatTestCluster();
        var service = await fat.AddAsync(
            "shelf",
            services =>
            {
                services.AddDbContext<ShelfContext>(options => options.UseNpgsql("Host=127.0.0.1;Port=1"));
                services.AddFat().AddDbContext<ShelfContext>().AddTransactional<IShelf, Shelf>();
            },
            Stop);
        await service.RunAsync((services, stop) => services.GetRequiredService<IShelf>().RenameAsync("never", stop), Stop);

        await fat.Groups.RolledBackAsync("ShelfContext uses Npgsql.EntityFrameworkCore.PostgreSQL, and the branch's database is in memory", Stop);
    }

    private async Task<string[]> TitlesAsync() => await LookAsync(context => context.Books.OrderBy(book => book.Id).Select(book => book.Title).ToArrayAsync(Stop));

    private async Task<T> LookAsync<T>(Func<ShelfContext, Task<T>> look)
    {
        await using var scope = _service.Services.CreateAsyncScope();
        return await look(scope.ServiceProvider.GetRequiredService<ShelfContext>());
    }

    public interface IShelf
    {
        Task RearrangeAsync(CancellationToken cancellationToken);

        Task RenameAsync(string title, CancellationToken cancellationToken);
    }

    public sealed class Shelf(ShelfContext context) : IShelf
    {
        [FatTransaction]
        public async Task RearrangeAsync(CancellationToken cancellationToken)
        {
            (await context.Books.SingleAsync(book => book.Id == 1, cancellationToken)).Title = "new";
            context.Remove(await context.Books.SingleAsync(book => book.Id == 2, cancellationToken));
            await context.SaveChangesAsync(cancellationToken);
            context.Add(new Book { Id = 3, Title = "newest" });
            await context.SaveChangesAsync(cancellationToken);
            (await context.Books.SingleAsync(book => book.Id == 3, cancellationToken)).Title = "newer";
            await context.SaveChangesAsync(cancellationToken);
        }

        [FatTransaction]
        public async Task RenameAsync(string title, CancellationToken cancellationToken)
        {
            (await context.Books.SingleAsync(book => book.Id == 1, cancellationToken)).Title = title;
            await context.SaveChangesAsync(cancellationToken);
        }
    }

    public sealed class Book
    {
        public int Id { get; init; }

        public required string Title { get; set; }
    }

    public sealed class ShelfContext(DbContextOptions<ShelfContext> options) : DbContext(options)
    {
        public DbSet<Book> Books => Set<Book>();
    }
}
