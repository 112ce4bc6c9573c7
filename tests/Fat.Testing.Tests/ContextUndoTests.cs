using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Testing.Tests;

/// <summary>A roll back of saves leaves every row as it was, whatever the context is configured with.</summary>
public sealed class ContextUndoTests : IAsyncLifetime
{
    /// <summary>Titles that no context can write any more.</summary>
    private static readonly ConcurrentDictionary<string, bool> Unwritable = new(StringComparer.Ordinal);

    private readonly FatTestCluster _fat = new();
    private readonly InMemoryDatabaseRoot _root = new();
    private readonly string _third = $"three {Guid.NewGuid()}";
    private FatTestService _library = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _library = await _fat.AddAsync(
            "library",
            services =>
            {
                services.AddDbContext<LibraryContext>(options => options.UseInMemoryDatabase("library", _root).AddInterceptors(new SoftDelete()));
                services.AddFat().AddDbContext<LibraryContext>().AddTransactional<IWork, Work>();
            },
            Stop);

        await using var context = Look();
        var shelf = new Shelf { Id = 1 };
        context.AddRange(new Shelf { Id = 2 }, new Book { Id = 1, Title = "one", Shelf = shelf }, new Book { Id = 2, Title = "two", Shelf = shelf }, new Book { Id = 3, Title = _third, Shelf = shelf });
        await context.SaveChangesAsync(Stop);
    }

    public ValueTask DisposeAsync() => _fat.DisposeAsync();

    [Fact]
    public async Task A_row_that_a_query_filter_has_hidden_since()
    {
        await RollBackAsync(static async (context, stop) =>
        {
            (await context.Books.SingleAsync(book => book.Id == 1, stop)).IsDeleted = true;
            await context.SaveChangesAsync(stop);
        });
        await HoldAllAsync();
    }

    [Fact]
    public async Task A_row_that_a_query_filter_had_hidden_before()
    {
        await _library.RunAsync((services, stop) => services.GetRequiredService<IWork>().DoAsync(static (context, token) => DeleteAsync(context, 1, token), stop), Stop);
        await _fat.Groups.CommittedAsync(Stop);
        _fat.Groups.Forget();
        await RollBackAsync(static async (context, stop) =>
        {
            (await context.Books.IgnoreQueryFilters().SingleAsync(book => book.Id == 1, stop)).IsDeleted = false;
            await context.SaveChangesAsync(stop);
        });
        await HoldAsync("1 one on 1 deleted", "2 two on 1", $"3 {_third} on 1");
    }

    [Fact]
    public async Task Values_that_no_property_of_the_object_holds()
    {
        await RollBackAsync(static async (context, stop) =>
        {
            (await context.Books.SingleAsync(book => book.Id == 1, stop)).Shelf = await context.Shelves.SingleAsync(shelf => shelf.Id == 2, stop);
            context.Remove(await context.Books.SingleAsync(book => book.Id == 2, stop));
            context.DeletesForGood = true;
            await context.SaveChangesAsync(stop);
        });
        await HoldAllAsync();
    }

    [Fact]
    public async Task Saves_that_the_applications_interceptors_change()
    {
        await RollBackAsync(static async (context, stop) =>
        {
            context.Add(new Book { Id = 4, Title = "four" });
            await DeleteAsync(context, 1, stop);
        });
        await HoldAllAsync();
    }

    [Fact]
    public async Task A_save_that_fails_halfway()
    {
        var result = await _library.RunAsync(
            (services, stop) => services.GetRequiredService<IWork>().DoAsync(
                static async (context, token) =>
                {
                    context.AddRange(new Book { Id = 4, Title = "four" }, new Book { Id = 1, Title = "another" });
                    await context.SaveChangesAsync(token);
                },
                stop),
            Stop);

        Assert.Equal(FatOutcome.RolledBack, result.Outcome);
        await _fat.Groups.RolledBackAsync(cancellationToken: Stop);
        await HoldAllAsync();
    }

    [Fact]
    public async Task A_branch_that_has_voted_and_whose_scope_is_over()
    {
        await RollBackFromDeskAsync(static (context, stop) => RenameAllAsync(context, "renamed", stop));
        await _fat.Groups.RolledBackAsync("Not today.", Stop);
        await HoldAllAsync();
    }

    [Fact]
    public async Task What_cannot_be_taken_back_is_told_and_hinders_nothing_else()
    {
        await RollBackFromDeskAsync(RenameForGoodAsync);
        var thrown = await Assert.ThrowsAsync<FatTestException>(() => _fat.Groups.RolledBackAsync("Not today.", Stop));
        Assert.Contains("database 'library' could not take back", thrown.Message, StringComparison.Ordinal);
        Assert.Empty(_library.Database.InDoubt);
        await HoldAsync("1 one on 1", "2 two on 1", "3 renamed on 1");
        await RenameAgainAsync();
    }

    [Fact]
    public async Task What_cannot_be_taken_back_keeps_no_service_alive()
    {
        var held = _fat.Faults.HoldBefore("library", FatTestPoint.Decide);
        var running = _library.RunAsync((services, stop) => services.GetRequiredService<IWork>().DoAsync(RenameForGoodAsync, stop), Stop);
        await held.StruckAsync(Stop);
        _library.Kill();

        await Assert.ThrowsAsync<FatTestKilledException>(() => running);
        await HoldAsync("1 one on 1", "2 two on 1", "3 renamed on 1");
        await _library.StartAsync(Stop);
        Assert.Equal(FatTestState.Lost, (await _fat.Groups.SingleAsync(Stop)).BranchOf("library").State);
        await RenameAgainAsync();
    }

    private static async Task DeleteAsync(LibraryContext context, int id, CancellationToken cancellationToken)
    {
        context.Remove(await context.Books.SingleAsync(book => book.Id == id, cancellationToken));
        await context.SaveChangesAsync(cancellationToken);
    }

    /// <summary>The third first.</summary>
    private static async Task RenameAllAsync(LibraryContext context, string title, CancellationToken cancellationToken)
    {
        foreach (var book in await context.Books.OrderByDescending(book => book.Id).ToListAsync(cancellationToken))
            book.Title = title;
        await context.SaveChangesAsync(cancellationToken);
    }

    private async Task RenameForGoodAsync(LibraryContext context, CancellationToken cancellationToken)
    {
        await RenameAllAsync(context, "renamed", cancellationToken);
        Unwritable.TryAdd(_third, true);
    }

    /// <summary>No row is locked any more.</summary>
    private async Task RenameAgainAsync()
    {
        _fat.Groups.Forget();
        await _library.RunAsync(
            static (services, stop) => services.GetRequiredService<IWork>().DoAsync(static (context, token) => RenameAllAsync(context, "again", token), stop), Stop);
        await _fat.Groups.CommittedAsync(Stop);
        await HoldAsync("1 again on 1", "2 again on 1", "3 again on 1");
    }

    private async Task RollBackAsync(Func<LibraryContext, CancellationToken, Task> work)
    {
        await _library.RunAsync(
            async (services, stop) =>
            {
                await services.GetRequiredService<IWork>().DoAsync(work, stop);
                throw new InvalidOperationException("Not today.");
            },
            Stop);
        await _fat.Groups.RolledBackAsync("Not today.", Stop);
    }

    private async Task RollBackFromDeskAsync(Func<LibraryContext, CancellationToken, Task> work)
    {
        var desk = await _fat.AddAsync("desk", static services => services.AddFat(), Stop);
        await desk.RunAsync(
            async (_, stop) =>
            {
                await _library.CallAsync<IWork>((library, token) => library.DoAsync(work, token), stop);
                throw new InvalidOperationException("Not today.");
            },
            Stop);
    }

    private Task HoldAllAsync() => HoldAsync("1 one on 1", "2 two on 1", $"3 {_third} on 1");

    private async Task HoldAsync(params string[] books)
    {
        await using var context = Look();
        var found = await context.Books.IgnoreQueryFilters().OrderBy(book => book.Id)
            .Select(book => new { book.Id, book.Title, Shelf = EF.Property<int?>(book, "ShelfId"), book.IsDeleted }).ToListAsync(Stop);
        Assert.Equal(books, found.Select(book => $"{book.Id} {book.Title} on {book.Shelf}{(book.IsDeleted ? " deleted" : string.Empty)}"));
    }

    private LibraryContext Look() => new(new DbContextOptionsBuilder<LibraryContext>().UseInMemoryDatabase("library", _root).Options);

    public interface IWork
    {
        Task DoAsync(Func<LibraryContext, CancellationToken, Task> work, CancellationToken cancellationToken);
    }

    public sealed class Work(LibraryContext context) : IWork
    {
        [FatTransaction]
        public Task DoAsync(Func<LibraryContext, CancellationToken, Task> work, CancellationToken cancellationToken) => work(context, cancellationToken);
    }

    public sealed class Shelf
    {
        public int Id { get; init; }
    }

    public sealed class Book
    {
        public int Id { get; init; }

        public required string Title { get; set; }

        public bool IsDeleted { get; set; }

        /// <summary>Its foreign key is a value that only EF Core knows.</summary>
        public Shelf? Shelf { get; set; }
    }

    public sealed class LibraryContext(DbContextOptions<LibraryContext> options) : DbContext(options)
    {
        public DbSet<Book> Books => Set<Book>();

        public DbSet<Shelf> Shelves => Set<Shelf>();

        public bool DeletesForGood { get; set; }

        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Book>().HasQueryFilter(book => !book.IsDeleted);
            modelBuilder.Entity<Book>().Property(book => book.Title).HasConversion(title => Written(title), title => title);
        }

        private static string Written(string title) => Unwritable.ContainsKey(title) ? throw new InvalidOperationException($"'{title}' cannot be written.") : title;
    }

    /// <summary>As applications have them: it takes each context for theirs.</summary>
    private sealed class SoftDelete : SaveChangesInterceptor
    {
        public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
        {
            Change((LibraryContext)eventData.Context!);
            return result;
        }

        public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            Change((LibraryContext)eventData.Context!);
            return new(result);
        }

        private static void Change(LibraryContext context)
        {
            if (context.DeletesForGood)
                return;
            foreach (var entry in context.ChangeTracker.Entries<Book>().Where(entry => entry.State == EntityState.Deleted))
            {
                entry.State = EntityState.Modified;
                entry.Entity.IsDeleted = true;
            }
        }
    }
}
