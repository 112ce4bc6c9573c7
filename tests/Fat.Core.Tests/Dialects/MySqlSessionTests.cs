using System.Data;
using Fat.Dialects;
using Fat.Protocol;
using Fat.Resources;
using Microsoft.Extensions.DependencyInjection;
using MySql.Data.MySqlClient;

namespace Fat.Core.Tests.Dialects;

/// <summary>A session in which a branch could not begin goes back to its pool as it came, or not at all.</summary>
[Collection(typeof(MariaDbCollection))]
public sealed class MySqlSessionTests(MariaDb server) : IAsyncLifetime
{
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private string _connectionString = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _connectionString = await server.CreateAsync() + ";Maximum Pool Size=1";

    public async ValueTask DisposeAsync()
    {
        await using var pooled = new MySqlConnection(_connectionString);
        await pooled.ClearPoolAsync(pooled, Stop);
        await server.DropAsync(_connectionString);
        await _services.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_begin_that_fails_leaves_no_autocommit_switched_off(bool canEnd)
    {
        var database = new FatDatabase(
            FatName.Parse("main", "name"), _ => new MySqlConnection(_connectionString), null, FatEnlistment.Direct, held: true, "fat_barrier", "fat_audit",
            new FailingDialect(canEnd), Background.ThreadPool);

        await Assert.ThrowsAsync<MySqlException>(() =>
            LocalTransaction.BeginAsync(database, _services, new TransactionSettings(IsolationLevel.Unspecified, ReadOnly: false, TimeSpan.FromSeconds(5)), Stop));

        await using var next = new MySqlConnection(_connectionString);
        await next.OpenAsync(Stop);
        await using var command = new MySqlCommand("SELECT @@autocommit", next);
        Assert.Equal(1L, Convert.ToInt64(await command.ExecuteScalarAsync(Stop), System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>MySQL's, whose first statements fail behind the settings of the session.</summary>
    private sealed class FailingDialect(bool canEnd) : FatDialect
    {
        private const string Fails = "SELECT no_such_function()";

        public override string Product => MySqlDialect.Instance.Product;

        public override string Begin(FatTransactionStart start) => $"{MySqlDialect.Instance.Begin(start)}; {Fails}";

        public override string End => canEnd ? MySqlDialect.Instance.End! : Fails;

        public override bool IsRefusal(System.Data.Common.DbException exception) => MySqlDialect.Instance.IsRefusal(exception);
    }
}
