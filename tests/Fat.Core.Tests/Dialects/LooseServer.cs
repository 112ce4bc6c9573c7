using Fat.TestServers;

namespace Fat.Core.Tests.Dialects;

/// <summary>A PostgreSQL server that answers COMMIT before it writes: a crash takes back what nobody has flushed.</summary>
public sealed class LooseServer : IAsyncLifetime
{
    private PostgresServer _server = null!;

    public string ConnectionString => _server.ConnectionString() + ";Pooling=false";

    public async ValueTask InitializeAsync() => _server = await PostgresServer.StartAsync(new PostgresServerOptions
    {
        Fsync = false,
        Settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["synchronous_commit"] = "off",
            ["wal_writer_delay"] = "10s",
            ["wal_writer_flush_after"] = "1GB",

            // Else the background writer adds to the log, and flushes it.
            ["wal_level"] = "minimal",
            ["max_wal_senders"] = "0",
            ["autovacuum"] = "off",
        },
    });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Ends all of the server's processes as they are, and starts it on what it has written.</summary>
    public async Task CrashAsync()
    {
        await _server.StopImmediateAsync(TestContext.Current.CancellationToken);
        await _server.StartAgainAsync(TestContext.Current.CancellationToken);
    }
}
