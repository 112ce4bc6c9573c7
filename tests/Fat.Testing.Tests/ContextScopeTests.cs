using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Testing.Tests;

/// <summary>Which instances of a DbContext take part in a branch: those that do in production.</summary>
public sealed class ContextScopeTests : IAsyncLifetime
{
    private const string Apart = "This NoteContext is not the one of the DI scope of the [FatTransaction] method that runs";

    private readonly FatTestCluster _fat = new();
    private readonly string _name = Guid.NewGuid().ToString();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _fat.DisposeAsync();

    [Theory]
    [InlineData(Way.Factory)]
    [InlineData(Way.Scope)]
    public async Task Another_instance_is_refused_for_it_would_commit_at_once(Way way)
    {
        var service = await AddAsync();

        var result = await service.RunAsync((services, stop) => services.GetRequiredService<INotes>().WriteAsync(1, way, stop), Stop);

        Assert.Equal(FatOutcome.RolledBack, result.Outcome);
        await _fat.Groups.RolledBackAsync(Apart, Stop);
        Assert.Empty(await NotesAsync(service));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_that_comes_back_in_another_scope_works_in_the_branch(bool fails)
    {
        var service = await AddAsync();

        var result = await service.RunAsync(
            async (services, stop) =>
            {
                await services.GetRequiredService<INotes>().WriteAsync(1, Way.Call, stop);
                if (fails)
                    throw new InvalidOperationException("Not today.");
            },
            Stop);

        Assert.Equal(fails ? FatOutcome.RolledBack : FatOutcome.Committed, result.Outcome);
        await _fat.Groups.AllOverAsync(Stop);
        Assert.Single(_fat.Groups.All.Single().Branches);
        Assert.Equal(fails ? [] : [1, 2, 3], await NotesAsync(service));
    }

    [Fact]
    public async Task A_save_of_the_outer_methods_context_inside_a_method_on_another_database_is_taken_back_with_the_group()
    {
        var service = await AddAsync();

        var result = await service.RunAsync(
            async (services, stop) =>
            {
                await services.GetRequiredService<INotes>().WriteAsync(1, Way.Archive, stop);
                throw new InvalidOperationException("Not today.");
            },
            Stop);

        Assert.Equal(FatOutcome.RolledBack, result.Outcome);
        await _fat.Groups.RolledBackAsync("Not today.", Stop);
        Assert.Empty(await NotesAsync(service));
    }

    [Fact]
    public async Task Every_instance_takes_part_where_connections_enlist_by_themselves()
    {
        var service = await AddAsync(configure: database => database.Enlistment = FatEnlistment.Ambient);

        var result = await service.RunAsync((services, stop) => services.GetRequiredService<INotes>().WriteAsync(1, Way.Factory, stop), Stop);

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        await _fat.Groups.CommittedAsync(Stop);
        var notes = await NotesAsync(service);
        Assert.Equal([1, 2], notes);
    }

    [Fact]
    public async Task Outside_of_a_branch_an_instance_is_as_good_as_another()
    {
        var service = await AddAsync();
        await using var context = await service.Services.GetRequiredService<IDbContextFactory<NoteContext>>().CreateDbContextAsync(Stop);
        context.Add(new Note { Id = 9 });
        await context.SaveChangesAsync(Stop);

        Assert.Equal(9, Assert.Single(await NotesAsync(service)));
    }

    [Fact]
    public async Task A_transient_context_is_refused_at_start_up_as_in_production()
    {
        var failure = await Assert.ThrowsAsync<FatConfigurationException>(() => AddAsync(ServiceLifetime.Transient));

        Assert.Contains("NoteContext is registered as transient", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_context_that_the_test_has_taken_away_is_not_missed()
    {
        var service = await _fat.AddAsync("notes", services => services.AddFat().AddDbContext<NoteContext>().AddTransactional<ICounts, Counts>(), Stop);

        Assert.Equal(1, await service.CallAsync<ICounts, int>((counts, stop) => counts.AddAsync(stop), Stop));
    }

    private Task<FatTestService> AddAsync(ServiceLifetime lifetime = ServiceLifetime.Scoped, Action<FatDatabaseOptions>? configure = null) => _fat.AddAsync(
        "notes",
        services =>
        {
            services.AddDbContext<NoteContext>(options => options.UseInMemoryDatabase(_name), lifetime, ServiceLifetime.Singleton);
            services.AddDbContextFactory<NoteContext>(options => options.UseInMemoryDatabase(_name));
            services.AddScoped(provider => new Lazy<INotes>(provider.GetRequiredService<INotes>));
            services.AddFat().AddDbContext<NoteContext>(configure: configure).AddDatabase("archive", () => throw new InvalidOperationException("It is in memory."))
                .AddTransactional<INotes, Notes>();
        },
        Stop);

    private static async Task<int[]> NotesAsync(FatTestService service)
    {
        await using var scope = service.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<NoteContext>().Notes.Select(note => note.Id).Order().ToArrayAsync(Stop);
    }

    /// <summary>How a method comes to another context while it works with its own.</summary>
    public enum Way
    {
        None,
        Factory,
        Scope,
        Call,
        Archive,
    }

    public interface INotes
    {
        Task WriteAsync(int id, Way way, CancellationToken cancellationToken);

        Task ArchiveAsync(Func<Task> work);
    }

    public interface ICounts
    {
        Task<int> AddAsync(CancellationToken cancellationToken);
    }

    public sealed class Counts(FatTestDatabase database) : ICounts
    {
        [FatTransaction]
        public async Task<int> AddAsync(CancellationToken cancellationToken) =>
            await database.Table<string, int>("counts").UpdateAsync("all", count => count + 1, cancellationToken);
    }

    public sealed class Notes(NoteContext context, Lazy<INotes> self, IDbContextFactory<NoteContext> factory, IServiceScopeFactory scopes) : INotes
    {
        [FatTransaction]
        public async Task WriteAsync(int id, Way way, CancellationToken cancellationToken)
        {
            await SaveAsync(context, id, cancellationToken);
            await using var scope = scopes.CreateAsyncScope();
            switch (way)
            {
                case Way.Factory:
                    await using (var made = await factory.CreateDbContextAsync(cancellationToken))
                        await SaveAsync(made, id + 1, cancellationToken);
                    break;
                case Way.Scope:
                    await SaveAsync(scope.ServiceProvider.GetRequiredService<NoteContext>(), id + 1, cancellationToken);
                    break;
                case Way.Call:
                    await scope.ServiceProvider.GetRequiredService<INotes>().WriteAsync(id + 1, Way.None, cancellationToken);
                    await SaveAsync(context, id + 2, cancellationToken);
                    break;
                case Way.Archive:
                    await self.Value.ArchiveAsync(() => SaveAsync(context, id + 1, cancellationToken));
                    break;
            }
        }

        [FatTransaction(Database = "archive")]
        public Task ArchiveAsync(Func<Task> work) => work();

        private static async Task SaveAsync(NoteContext context, int id, CancellationToken cancellationToken)
        {
            context.Add(new Note { Id = id });
            await context.SaveChangesAsync(cancellationToken);
        }
    }

    public sealed class Note
    {
        public int Id { get; init; }
    }

    public sealed class NoteContext(DbContextOptions<NoteContext> options) : DbContext(options)
    {
        public DbSet<Note> Notes => Set<Note>();
    }
}
