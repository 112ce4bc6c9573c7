using System.Data.Common;
using Fat.Coordination;
using Fat.Hosting;
using Fat.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MySql.Data.MySqlClient;
using Npgsql;

namespace Fat.Core.Tests.Dialects;

/// <summary>Which dialect a database has, and what start-up says of it.</summary>
public sealed class RegistrationTests
{
    [Fact]
    public void A_built_in_dialect_is_found_by_the_type_of_the_connection()
    {
        using var host = Build(fat => fat
            .AddDatabase("a", () => new NpgsqlConnection("Host=nowhere"))
            .AddDatabase("b", () => new MySqlConnection("Server=nowhere")));

        Assert.Same(FatDialects.PostgreSql, Dialect(host, "a"));
        Assert.Same(FatDialects.MySql, Dialect(host, "b"));
    }

    [Fact]
    public void A_registered_dialect_wins_over_a_built_in_one_and_a_databases_own_over_both()
    {
        var (registered, own) = (new Other("registered"), new Other("own"));
        using var host = Build(fat => fat
            .AddDatabase("a", () => new NpgsqlConnection("Host=nowhere"))
            .AddDatabase("b", () => new NpgsqlConnection("Host=nowhere"), database => database.Dialect = own)
            .AddDialect<NpgsqlConnection>(registered));

        Assert.Same(registered, Dialect(host, "a"));
        Assert.Same(own, Dialect(host, "b"));
    }

    [Fact]
    public void A_dialect_that_is_registered_for_a_base_type_serves_what_is_derived_from_it()
    {
        var registered = new Other("registered");
        using var host = Build(fat => fat
            .AddDatabase("a", () => new MySqlConnection("Server=nowhere"))
            .AddDialect<DbConnection>(registered));

        Assert.Same(registered, Dialect(host, "a"));
    }

    [Fact]
    public async Task A_dialect_that_overrides_nothing_holds_transactions_and_keeps_no_decisions()
    {
        var dialect = new Other("Lakebase");
        await using var connection = new NpgsqlConnection();
        using var host = Build(fat => fat.AddDatabase("a", () => new NpgsqlConnection("Host=nowhere"), database => database.Dialect = dialect));

        Assert.Equal("Fat knows no prepared transactions for Lakebase.", await dialect.PrepareProblemAsync(connection, TestContext.Current.CancellationToken));
        Assert.Throws<NotSupportedException>(() => dialect.Prepare("fat:1"));
        Assert.Null(host.Services.GetRequiredService<Databases>().DecisionLog);
    }

    [Theory]
    [InlineData("main", "", "if every branch in them is durable")]
    [InlineData("main", "main", "if every branch in them is durable, but for the root's own first one on 'main', which carries the decision; other branches on 'main' are held")]
    [InlineData("main", "side", "if every branch in them is durable; other branches on 'side' are held")]
    [InlineData("-", "side", "if every branch in them is durable, and as long as the registry loses nothing; other branches on 'side' are held")]
    public void Start_up_says_which_groups_are_fully_atomic(string decisions, string held, string expected) => Assert.Equal(
        expected,
        AtomicityText.Of(FatName.Parse(decisions, "name"), [.. held.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => FatName.Parse(name, "name"))]));

    private static IHost Build(Action<IFatBuilder> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "shop" });
        configure(builder.Services.AddFat().UseInMemoryRegistry());
        return builder.Build();
    }

    private static FatDialect Dialect(IHost host, string database) => host.Services.GetRequiredService<Databases>().Find(database).Database.Dialect;

    private sealed class Other(string product) : FatDialect
    {
        public override string Product => product;
    }
}
