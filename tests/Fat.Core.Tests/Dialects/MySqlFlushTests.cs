using System.Data.Common;
using Fat.Core.Tests.World;
using Fat.TestServers;
using MySql.Data.MySqlClient;

namespace Fat.Core.Tests.Dialects;

/// <summary>A server that may lose what it has committed is told of.</summary>
[Collection(typeof(MariaDbCollection))]
public sealed class MySqlFlushTests(Servers servers, MariaDb server) : IAsyncLifetime
{
    private readonly TillWorld _world = new(servers, server);

    public ValueTask InitializeAsync() => _world.InitializeAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task The_log_and_health_say_which_setting_it_is()
    {
        var till = _world.Till;
        Assert.Contains(till.Log, line => line.Contains("116", StringComparison.Ordinal) && line.Contains("innodb_flush_log_at_trx_commit is 2", StringComparison.Ordinal));
        Assert.Contains("innodb_flush_log_at_trx_commit is 2: set it to 1.", (await TillWorld.DatabaseAsync(till, FatHealthState.Degraded)).What, StringComparison.Ordinal);

        await MariaDb.ExecuteAsync(till.ConnectionString, "SET GLOBAL innodb_flush_log_at_trx_commit = 1");
        try
        {
            await TillWorld.DatabaseAsync(till, FatHealthState.Healthy);
        }
        finally
        {
            await MariaDb.ExecuteAsync(till.ConnectionString, "SET GLOBAL innodb_flush_log_at_trx_commit = 2");
        }
    }

    [Fact]
    public async Task With_a_binary_log_both_logs_have_to_be_flushed()
    {
        await using var another = await MariaDbServer.StartAsync(
            new MariaDbServerOptions { Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["log-bin"] = "binary" } }, TestContext.Current.CancellationToken);
        await using var connection = new MySqlConnection(another.ConnectionString());
        await connection.OpenAsync(TestContext.Current.CancellationToken);

        Assert.Null(await WhyAsync(log: 1, binaryLog: 1));
        Assert.Null(await WhyAsync(log: 3, binaryLog: 1));
        Assert.Equal("innodb_flush_log_at_trx_commit is 0: set it to 1.", await WhyAsync(log: 0, binaryLog: 1));
        Assert.Equal("log_bin is on and sync_binlog is 0: set it to 1.", await WhyAsync(log: 1, binaryLog: 0));
        Assert.Equal("log_bin is on and sync_binlog is 100: set it to 1.", await WhyAsync(log: 1, binaryLog: 100));

        async Task<string?> WhyAsync(int log, int binaryLog)
        {
            await using var set = new MySqlCommand($"SET GLOBAL innodb_flush_log_at_trx_commit = {log}, sync_binlog = {binaryLog}", connection);
            await set.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            await using var ask = new MySqlCommand(FatDialects.MySql.LosesCommits, connection);
            return await ask.ExecuteScalarAsync(TestContext.Current.CancellationToken) as string;
        }
    }

    [Fact]
    public async Task A_server_that_does_not_know_the_settings_is_used_all_the_same()
    {
        var till = await _world.StartTillAsync(configure: fat => fat.AddDialect<MySqlConnection>(new Compatible()));
        try
        {
            var id = _world.NextId();
            Assert.Null((await till.RootAsync(items => items.AddAsync(id))).Error);
            Assert.True(await till.HasAsync(id));
            await TillWorld.DatabaseAsync(till, FatHealthState.Healthy);
        }
        finally
        {
            await _world.StopAsync(till);
        }
    }

    /// <summary>MySQL's, on a server that lacks one of its settings.</summary>
    private sealed class Compatible : FatDialect
    {
        public override string Product => "like MySQL";

        public override string LosesCommits => "SELECT @@global.no_such_setting";

        public override bool IsRefusal(DbException exception) => FatDialects.MySql.IsRefusal(exception);
    }
}
