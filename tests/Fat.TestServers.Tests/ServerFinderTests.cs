
namespace Fat.TestServers.Tests;

public sealed class ServerFinderTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_a_machine_with_the_binaries_both_servers_are_started_here()
    {
        var reports = new List<string>();
        await using var registry = await RegistryServer.StartAsync(report: reports.Add, cancellationToken: Cancellation);
        await using var database = await DatabaseServer.StartAsync(new PostgresServerOptions { Fsync = false }, reports.Add, Cancellation);

        await database.CreateDatabaseAsync("shop", Cancellation);
        Assert.Empty(await database.PreparedTransactionsAsync("shop", Cancellation));
        await database.DropDatabaseAsync("shop", Cancellation);
        Assert.True(registry.Process is { IsRunning: true }, string.Join('\n', reports));
        Assert.True(database.Process is { IsRunning: true }, string.Join('\n', reports));
        Assert.Contains(reports, report => report.Contains(RegistryServer.Variable, StringComparison.Ordinal));
        Assert.Contains(reports, report => report.EndsWith(registry.Origin, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_registry_that_is_named_is_used_and_left_running()
    {
        await using var running = await RedisServer.StartAsync(new RedisServerOptions { Password = "secret" }, Cancellation);

        await using (var registry = await new EnvironmentRegistrySource(running.ConnectionString).StartAsync(Ignore, Cancellation))
        {
            Assert.Equal(running.ConnectionString, registry.ConnectionString);
            Assert.Null(registry.Process);
        }

        Assert.True(running.IsRunning);
    }

    [Fact]
    public async Task A_database_server_that_is_named_is_used_and_left_running()
    {
        await using var running = await PostgresServer.StartAsync(new PostgresServerOptions { Fsync = false, MaxPreparedTransactions = 0 }, Cancellation);
        var reports = new List<string>();

        await using (var database = await new EnvironmentDatabaseSource(running.ConnectionString()).StartAsync(reports.Add, Cancellation))
        {
            Assert.Equal(running.ConnectionString("shop"), database.ConnectionString("shop"));
            Assert.Null(database.Process);
        }

        Assert.True(running.IsRunning);
        Assert.Contains(reports, report => report.Contains("max_prepared_transactions = 0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_is_named_and_does_not_answer_is_not_replaced_by_another()
    {
        var nobody = FreePort.Next();
        var registry = new ServerFinder<RegistryServer>(
            "registry",
            "",
            [new EnvironmentRegistrySource($"127.0.0.1:{nobody}"), new LocalRegistrySource(new RedisServerOptions())]);
        var database = new EnvironmentDatabaseSource($"Host=127.0.0.1;Port={nobody};Username=postgres");

        await Assert.ThrowsAsync<InvalidOperationException>(() => registry.FindAsync(null, Cancellation));
        await Assert.ThrowsAsync<InvalidOperationException>(() => database.StartAsync(Ignore, Cancellation));
    }

    [Fact]
    public async Task Without_any_server_the_message_says_what_was_tried_and_what_to_do()
    {
        var finder = new ServerFinder<RegistryServer>(
            "registry",
            "Install it.",
            [new EnvironmentRegistrySource(null), new ContainerRegistrySource(new RedisServerOptions(), folders: [])]);

        var failure = await Assert.ThrowsAsync<ServerNotFoundException>(() => finder.FindAsync(null, Cancellation));

        Assert.Contains("Install it.", failure.Message, StringComparison.Ordinal);
        Assert.Contains(RegistryServer.Variable, failure.Message, StringComparison.Ordinal);
        Assert.Contains("podman", failure.Message, StringComparison.Ordinal);
    }

    // There is no engine here. A script that takes the same arguments shows what the engine is asked for.
    [Fact]
    public async Task A_container_is_run_with_a_published_port_and_removed()
    {
        using var folder = TempFolder.Create("engine");
        var removed = Path.Combine(folder.Path, "removed");
        var engine = Path.Combine(folder.Path, "docker");
        await File.WriteAllTextAsync(
            engine,
            $$"""
            #!/bin/sh
            case "$1" in
              info) exit 0 ;;
              rm) echo "$4" > {{removed}} ;;
              run) port=${6#127.0.0.1:}; echo "name $4"; shift 7; exec redis-server --port ${port%:6379} --bind 127.0.0.1 "$@" ;;
            esac
            """,
            Cancellation);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(engine, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var source = new ContainerRegistrySource(new RedisServerOptions { Password = "secret" }, [folder.Path]);

        await using (var registry = await source.StartAsync(Ignore, Cancellation))
        {
            await using var used = await new EnvironmentRegistrySource(registry.ConnectionString).StartAsync(Ignore, Cancellation);
            Assert.Null(registry.Process);
        }

        Assert.StartsWith("fat-testing-", await File.ReadAllTextAsync(removed, Cancellation), StringComparison.Ordinal);
    }

    private static void Ignore(string report)
    {
    }
}
