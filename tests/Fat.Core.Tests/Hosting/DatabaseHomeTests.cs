using Fat.Core.Tests.World;
using Fat.Hosting;
using Fat.Protocol;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Fat.Core.Tests.Hosting;

/// <summary>A branch works where recovery looks for it, or not at all.</summary>
public sealed class DatabaseHomeTests(GroupWorld world) : IClassFixture<GroupWorld>
{
    private const string Home = "Host=a,b;Port=5432;Database=shop;Username=fat";

    [Theory]
    [InlineData(Home)]
    [InlineData("Username=fat;Database=shop;Port=5432;Host=a,b;Application Name=reports;Maximum Pool Size=3")]
    public void The_same_place_is_the_same_whatever_else_the_connection_string_says(string text)
    {
        using var connection = new NpgsqlConnection(text);

        Assert.Same(connection, NewHome().Check(connection));
    }

    [Theory]
    [InlineData("Host=c;Port=5432;Database=shop;Username=fat")]
    [InlineData("Host=a,b;Port=5433;Database=shop;Username=fat")]
    [InlineData("Host=a,b;Port=5432;Database=tenant7;Username=fat")]
    public void Another_place_is_refused_and_so_is_the_next_time(string text)
    {
        var home = NewHome();
        using var right = new NpgsqlConnection(Home);
        home.Check(right);

        for (var time = 0; time < 2; time++)
        {
            var refused = Assert.Throws<FatConfigurationException>(() => home.Check(new NpgsqlConnection(text)));
            Assert.Contains("database 'shop'", refused.Message, StringComparison.Ordinal);
            Assert.Contains("Host=a,b;Port=5432;Database=shop", refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("Username", refused.Message, StringComparison.Ordinal);
        }

        Assert.Same(right, home.Check(right));
    }

    [Fact]
    public void Other_schemas_are_another_place_where_the_names_of_the_tables_say_none()
    {
        using var connection = new NpgsqlConnection(Home + ";Search Path=tenant7");

        Assert.Same(connection, NewHome().Check(connection));
        var refused = Assert.Throws<FatConfigurationException>(() => NewHome(withSchema: true).Check(new NpgsqlConnection(Home + ";Search Path=tenant7")));
        Assert.Contains("Search Path=tenant7", refused.Message, StringComparison.Ordinal);
        Assert.Contains("give Fat's tables with their schema", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_branch_in_the_database_of_a_tenant_rolls_its_group_back()
    {
        var (home, elsewhere) = ("", "");
        var service = await world.StartAsync("home", connection: text =>
        {
            home = text;
            elsewhere = new NpgsqlConnectionStringBuilder(text) { Database = "postgres" }.ConnectionString;
        }, configure: fat =>
        {
            fat.Services.AddScoped(_ => new Tenant(home));
            fat.Services.AddDbContext<TenantContext>((provider, context) => context.UseNpgsql(provider.GetRequiredService<Tenant>().ConnectionString));
            fat.AddDbContext<TenantContext>("tenants").AddTransactional<TenantItems>();
        });
        var (kept, lost) = (world.NextId(), world.NextId());

        var committed = await RunAsync(service, home, kept);
        var refused = await RunAsync(service, elsewhere, lost);

        Assert.True(committed.Outcome == FatOutcome.Committed, $"{committed.Error}");
        Assert.True(await service.HasAsync(kept));
        Assert.Equal(FatOutcome.RolledBack, refused.Outcome);
        Assert.Contains("Database=postgres", refused.Error!.Message, StringComparison.Ordinal);
        await world.NothingPreparedAsync(service);
    }

    private static Task<FatScopeResult> RunAsync(Service service, string tenant, int id) => service.RootAsync(async (_, token) =>
    {
        await using var scope = service.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Tenant>().ConnectionString = tenant;
        await scope.ServiceProvider.GetRequiredService<TenantItems>().AddAsync(id, token);
    });

    private static DatabaseHome NewHome(bool withSchema = false) => new(FatName.Parse("shop", "database name"), () => new NpgsqlConnection(Home), withSchema);

    private sealed class Tenant(string connectionString)
    {
        public string ConnectionString { get; set; } = connectionString;
    }

    public sealed class TenantContext(DbContextOptions<TenantContext> options) : DbContext(options);

    public class TenantItems(TenantContext context)
    {
        [FatTransaction(Database = "tenants")]
        public virtual Task AddAsync(int id, CancellationToken cancellationToken) =>
            context.Database.ExecuteSqlAsync($"INSERT INTO items (id, text) VALUES ({id}, '')", cancellationToken);
    }
}
