using System.Net;
using System.Text.Json;
using Npgsql;

namespace Fat.Packages.Tests;

/// <summary>What somebody has who installed the packages: it builds without a warning, and transactions run, over real servers.</summary>
public sealed class InstalledPackagesTests(Feed feed, Installation installation) : IClassFixture<Installation>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_quick_start_commits_in_both_databases_or_in_neither()
    {
        await using var stock = await RunningService.StartAsync(
            installation, "Stock", installation.StockPort, Cancellation, $"--ConnectionStrings:Stock={installation.Postgres.ConnectionString("stock")}");
        await using var orders = await RunningService.StartAsync(
            installation, "Orders", 0, Cancellation, $"--ConnectionStrings:Orders={installation.Postgres.ConnectionString("orders")}");

        await orders.PostAsync("/orders", new { item = "tea", quantity = 3 }, HttpStatusCode.OK, Cancellation);

        // The client is answered when the decision is durable; Stock hears of it a moment later.
        await UntilAsync("stock", "SELECT \"Quantity\" FROM \"Items\" WHERE \"Name\" = 'tea'", 7);
        Assert.Equal("3", await QueryAsync("orders", "SELECT string_agg(\"Quantity\"::text, ',') FROM \"Orders\""));

        var refused = await orders.PostAsync("/orders", new { item = "tea", quantity = 30 }, HttpStatusCode.Conflict, Cancellation);
        Assert.Contains("There are fewer than 30 pieces of tea.", refused, StringComparison.Ordinal);
        await AssertNothingIsPreparedAsync("stock", "orders");
        Assert.Equal("7", await QueryAsync("stock", "SELECT \"Quantity\" FROM \"Items\" WHERE \"Name\" = 'tea'"));
        Assert.Equal("3", await QueryAsync("orders", "SELECT string_agg(\"Quantity\"::text, ',') FROM \"Orders\""));
    }

    [Fact]
    public async Task A_service_made_from_the_template_begins_a_transaction_and_takes_part_in_one()
    {
        await using var next = await RunningService.StartAsync(
            installation, Installation.TemplateProject, 0, Cancellation, "--Fat:ServiceName=next", $"--ConnectionStrings:Database={installation.Postgres.ConnectionString("next")}");
        await using var first = await RunningService.StartAsync(
            installation, Installation.TemplateProject, 0, Cancellation,
            $"--ConnectionStrings:Database={installation.Postgres.ConnectionString("first")}", $"--Services:Next={next.Client.BaseAddress}");

        await first.PostAsync("/entries", new { name = "one" }, HttpStatusCode.OK, Cancellation);
        await UntilAsync("next", "SELECT count(*) FROM entries WHERE \"Name\" = 'one'", 1);
        Assert.Equal("one", await EntriesAsync("first"));

        // The second service has this one already: so the first one gets it not at all.
        await next.PostAsync("/entries", new { name = "two" }, HttpStatusCode.OK, Cancellation);
        await first.PostAsync("/entries", new { name = "two" }, HttpStatusCode.Conflict, Cancellation);
        await AssertNothingIsPreparedAsync("first", "next");
        Assert.Equal("one", await EntriesAsync("first"));
        Assert.Equal("one,two", await EntriesAsync("next"));

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(first, "/alive"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(first, "/ready"));

        // Nobody is an operator yet.
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(first, "/fat/api/session"));
    }

    [Fact]
    public void The_template_puts_the_names_in_where_they_belong()
    {
        using var settings = JsonDocument.Parse(File.ReadAllText(installation.FileOf(Installation.TemplateProject, "appsettings.json")));

        Assert.Equal(Installation.TemplateService, settings.RootElement.GetProperty("Fat").GetProperty("ServiceName").GetString());
        Assert.EndsWith("Database=invoices", settings.RootElement.GetProperty("ConnectionStrings").GetProperty("Database").GetString(), StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(installation.FileOf(Installation.TemplateProject, "."), "*", SearchOption.AllDirectories).Where(file => Path.GetExtension(file) is ".cs" or ".csproj" or ".json" or ".md"))
        {
            if (!file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
                Assert.DoesNotMatch(@"SampleService\b|\{FatVersion\}|\{ServiceName\}|\{DatabaseName\}|\{PackageVersion\}", File.ReadAllText(file));
        }
    }

    [Theory]
    [InlineData("Stock")]
    [InlineData(Installation.TemplateProject)]
    [InlineData("Checks")]
    public void Analyzers_look_at_every_project_that_has_a_package(string project) =>
        Assert.Contains("Fat.Analyzers", File.ReadAllLines(Path.Combine(installation.OutputOf(project), "analyzers.txt")));

    [Fact]
    public void The_test_kit_compiles_in_a_fresh_test_project() =>
        Assert.True(File.Exists(Path.Combine(installation.OutputOf("Checks"), "Fat.Testing.dll")));

    [Fact]
    public void What_was_installed_is_what_was_packed_and_stays_out_of_the_machines_packages()
    {
        Assert.True(Directory.Exists(Path.Combine(installation.Packages, "fat.core", feed.Version)));
        Assert.False(Directory.Exists(Path.Combine(Repository.PackageRoot, "fat.core", feed.Version)));
    }

    private static async Task<HttpStatusCode> StatusAsync(RunningService service, string path)
    {
        using var response = await service.Client.GetAsync(path, Cancellation);
        return response.StatusCode;
    }

    private Task<string?> EntriesAsync(string database) => QueryAsync(database, "SELECT string_agg(\"Name\", ',' ORDER BY \"Name\") FROM entries");

    private async Task<string?> QueryAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(installation.Postgres.ConnectionString(database) + ";Pooling=false");
        await connection.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        return (await command.ExecuteScalarAsync(Cancellation))?.ToString();
    }

    private Task UntilAsync(string database, string sql, int expected) =>
        UntilAsync(async () => await QueryAsync(database, sql) == expected.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private async Task AssertNothingIsPreparedAsync(params string[] databases)
    {
        foreach (var database in databases)
            await UntilAsync(async () => (await installation.Postgres.PreparedTransactionsAsync(database, Cancellation)).Count == 0);
    }

    /// <summary>Looks, at an interval, until it is so or the time is up.</summary>
    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Limit);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        while (!await condition())
            await ticks.WaitForNextTickAsync(limit.Token);
    }
}
