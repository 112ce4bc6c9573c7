using System.Data.Common;
using Fat.Core.Tests.World;
using Microsoft.Extensions.DependencyInjection;
using MySql.Data.MySqlClient;

namespace Fat.Core.Tests.Dialects;

/// <summary>Messages of a service whose database is on MariaDB, and which subscribes to its own topic.</summary>
[Collection(typeof(MariaDbCollection))]
public sealed class MySqlMessageTests(Servers servers, MariaDb server) : IAsyncLifetime
{
    private readonly TillWorld _world = new(servers, server);
    private TillService _till = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IFatMessageAdmin Admin => _till.Services.GetRequiredService<IFatMessageAdmin>();

    public async ValueTask InitializeAsync()
    {
        await _world.InitializeAsync();
        _till = await _world.StartTillAsync(
            options =>
            {
                options.ServiceName = "receipts";
                options.Messages.TimeoutToFail = TimeSpan.FromSeconds(1);
            },
            fat => fat.AddSubscriber<Receipts>());
    }

    public async ValueTask DisposeAsync()
    {
        await _world.StopAsync(_till);
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task A_message_goes_out_with_its_local_transaction_and_takes_effect_once()
    {
        var id = _world.NextId();

        var gid = await SellAsync(id, fails: false);

        await UntilAsync(gid, FatMessageState.Consumed);
        Assert.True(await _till.HasAsync(id) && await _till.HasAsync(-id));
        Assert.True(await Admin.RedeliverAsync(gid, "01", Stop));
        await TillWorld.UntilAsync(async () => (await Admin.ListSubscriptionsAsync(Stop)).Single(one => one.Topic == Receipts.Topic) is { Waiting: 0, Delivering: 0 });
        await TillWorld.UntilAsync(async () => await _till.QueryAsync<long>($"SELECT COUNT(*) FROM fat_barrier WHERE gid = '{gid}' AND branch_id = '00'") == 0);
        Assert.Equal(1, await _till.QueryAsync<long>($"SELECT COUNT(*) FROM items WHERE id = {-id}"));
    }

    [Fact]
    public async Task A_message_whose_local_work_fails_is_cancelled()
    {
        var id = _world.NextId();

        var gid = string.Empty;
        await Assert.ThrowsAsync<InvalidOperationException>(async () => gid = await SellAsync(id, fails: true));

        await TillWorld.UntilAsync(async () => await Admin.CountAsync(FatMessageState.Cancelled, Stop) > 0);
        Assert.False(await _till.HasAsync(id) || await _till.HasAsync(-id));
    }

    [Fact]
    public async Task A_repeated_id_is_refused()
    {
        var (id, gid) = (_world.NextId(), $"sale-{Guid.NewGuid():N}");
        await SellAsync(id, fails: false, gid);

        var refused = await Assert.ThrowsAsync<FatMessageRefusedException>(() => SellAsync(_world.NextId(), fails: false, gid));

        Assert.Equal(FatMessageRefusal.Duplicate, refused.Refusal);
        await UntilAsync(gid, FatMessageState.Consumed);
    }

    private async Task<string> SellAsync(int id, bool fails, string? gid = null)
    {
        var message = _till.Services.GetRequiredService<IFatMessages>().New(gid).Publish(Receipts.Topic, id);
        await using var connection = new MySqlConnection(_till.ConnectionString);
        await message.DoAndSubmitAsync(connection, async transaction =>
        {
            await Receipts.InsertAsync(transaction, id, "sold");
            if (fails)
                throw new InvalidOperationException("Jammed.");
        }, Stop);
        return message.Gid;
    }

    private Task UntilAsync(string gid, FatMessageState state) => TillWorld.UntilAsync(async () => (await Admin.FindAsync(gid, Stop))?.State == state);
}

/// <summary>Writes a receipt for each sale.</summary>
public sealed class Receipts(SafeSettings settings)
{
    public const string Topic = "sold";

    [FatSubscribe(Topic, Group = "receipts")]
    public async Task WriteAsync(int id, FatBarrier barrier, CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(settings.ConnectionString);
        await barrier.CallAsync(connection, transaction => InsertAsync(transaction, -id, "receipt"), cancellationToken);
    }

    public static async Task InsertAsync(DbTransaction transaction, int id, string text)
    {
        await using var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"INSERT INTO items (id, text) VALUES ({id}, '{text}')";
        await command.ExecuteNonQueryAsync();
    }
}
