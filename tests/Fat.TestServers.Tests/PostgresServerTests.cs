using System.Globalization;
using Npgsql;

namespace Fat.TestServers.Tests;

public sealed class PostgresServerTests
{
    private static readonly PostgresServerOptions Fast = new() { Fsync = false };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, Func<PostgresServer, Task>> WaysToEnd => new()
    {
        { "stop", server => server.StopAsync(Cancellation) },
        { "stop at once", server => server.StopImmediateAsync(Cancellation) },
        { "kill", server => server.KillAsync(Cancellation) },
    };

    [Theory]
    [MemberData(nameof(WaysToEnd), DisableDiscoveryEnumeration = true)]
    public async Task What_was_prepared_survives_every_end_of_the_server(string name, Func<PostgresServer, Task> endAsync)
    {
        await using var server = await PostgresServer.StartAsync(Fast, Cancellation);
        await server.CreateDatabaseAsync("shop", Cancellation);
        var port = server.Port;
        await PrepareAsync(server, "shop", name);

        await endAsync(server);
        Assert.False(server.IsRunning);
        await server.StartAgainAsync(Cancellation);

        Assert.Equal(port, server.Port);
        Assert.Equal([name], await server.PreparedTransactionsAsync("shop", Cancellation));
        await server.DropDatabaseAsync("shop", Cancellation);
        Assert.Empty(await server.PreparedTransactionsAsync("shop", Cancellation));
    }

    [Fact]
    public async Task Nothing_can_be_prepared_where_it_is_forbidden()
    {
        await using var server = await PostgresServer.StartAsync(Fast with { MaxPreparedTransactions = 0 }, Cancellation);

        var failure = await Assert.ThrowsAsync<PostgresException>(() => PrepareAsync(server, "postgres", "gid"));

        Assert.Equal(PostgresErrorCodes.ObjectNotInPrerequisiteState, failure.SqlState);
    }

    [Fact]
    public async Task It_runs_with_the_settings_that_were_asked_for()
    {
        var options = new PostgresServerOptions
        {
            MaxConnections = 33,
            MaxPreparedTransactions = 44,
            Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["deadlock_timeout"] = "55ms" },
        };
        await using var server = await PostgresServer.StartAsync(options, Cancellation);

        await using var connection = new NpgsqlConnection(server.ConnectionString());
        await connection.OpenAsync(Cancellation);
        Assert.Equal("33", await ShowAsync(connection, "max_connections"));
        Assert.Equal("44", await ShowAsync(connection, "max_prepared_transactions"));
        Assert.Equal("55ms", await ShowAsync(connection, "deadlock_timeout"));
        Assert.Equal("on", await ShowAsync(connection, "fsync"));
    }

    [Fact]
    public async Task Connections_are_counted_without_the_one_that_counts()
    {
        await using var server = await PostgresServer.StartAsync(Fast, Cancellation);
        await server.CreateDatabaseAsync("shop", Cancellation);
        Assert.Equal(0, await server.ConnectionCountAsync("shop", Cancellation));

        await using var connection = new NpgsqlConnection(server.ConnectionString("shop") + ";Pooling=false");
        await connection.OpenAsync(Cancellation);

        Assert.Equal(1, await server.ConnectionCountAsync("shop", Cancellation));
    }

    [Fact]
    public async Task Nothing_of_it_is_left_after_it_is_disposed()
    {
        var server = await PostgresServer.StartAsync(Fast, Cancellation);
        var processes = ProcessesOf(server.ProcessId);
        Assert.True(processes.Count > 1, "A server is expected to have processes beside its postmaster.");

        await server.DisposeAsync();

        Assert.DoesNotContain(processes, ProcessTable.IsAlive);
    }

    [Fact]
    public async Task A_server_that_cannot_start_says_why()
    {
        var options = Fast with { Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["no_such_setting"] = "1" } };

        var failure = await Assert.ThrowsAsync<ServerStartException>(() => PostgresServer.StartAsync(options, Cancellation));

        Assert.Contains("no_such_setting", failure.Message, StringComparison.Ordinal);
    }

    private static async Task PrepareAsync(PostgresServer server, string database, string gid)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString(database) + ";Pooling=false");
        await connection.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand($"BEGIN; CREATE TABLE goods (id int); PREPARE TRANSACTION '{gid}'", connection);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private static async Task<object?> ShowAsync(NpgsqlConnection connection, string setting)
    {
        await using var command = new NpgsqlCommand("SHOW " + setting, connection);
        return await command.ExecuteScalarAsync(Cancellation);
    }

    private static List<int> ProcessesOf(int postmaster)
    {
        var children = File.ReadAllText($"/proc/{postmaster}/task/{postmaster}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return [postmaster, .. children.Select(child => int.Parse(child, CultureInfo.InvariantCulture))];
    }
}
