using System.Transactions;
using Fat.Core.Tests.World;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Fat.Core.Tests.Groups;

/// <summary>Methods on an Ambient database that call others.</summary>
public interface IBooks
{
    Task AddThenRunAsync(int id, Func<Task> then);

    Task AddUnenlistedAsync(int id);

    Task AddMutelyAsync(int id);
}

public class Books(LedgerSettings settings) : IBooks
{
    [FatTransaction(Database = "ledger")]
    public async Task AddThenRunAsync(int id, Func<Task> then)
    {
        await AddAsync(id, settings.ConnectionString);
        await then();
    }

    [FatTransaction(Database = "unenlisted")]
    public Task AddUnenlistedAsync(int id) => AddAsync(id, settings.ConnectionString + ";Enlist=false");

    [FatTransaction(Database = "mute")]
    public Task AddMutelyAsync(int id) => AddAsync(id, settings.ConnectionString + ";Enlist=false");

    private static async Task AddAsync(int id, string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"INSERT INTO items (id, text) VALUES ({id}, 'booked')";
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>A product of which nothing is known.</summary>
internal sealed class MuteDialect : FatDialect
{
    public override string Product => "nothing that is known";
}

/// <summary>What is, and what is not, in the transaction of an Ambient database, and of a TransactionScope of the application's own.</summary>
public sealed class EnlistmentTests(Servers servers) : IAsyncLifetime
{
    private readonly GroupWorld _world = new(servers);
    private Service _bank = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _world.InitializeAsync();
        var connectionString = string.Empty;
        _bank = await _world.StartAsync("books", configure: fat =>
        {
            fat.Services.AddSingleton(_ => new LedgerSettings { ConnectionString = connectionString });
            fat.AddDatabase("ledger", () => new NpgsqlConnection(connectionString))
                .AddDatabase("unenlisted", () => new NpgsqlConnection(connectionString + ";Enlist=false"))
                .AddDatabase("mute", () => new NpgsqlConnection(connectionString + ";Enlist=false"), database => database.Dialect = new MuteDialect())
                .AddTransactional<IBooks, Books>();
        }, connection: text => connectionString = text);
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task A_connection_that_does_not_enlist_is_refused_before_the_method_runs(bool inGroup, bool known)
    {
        var id = _world.NextId();

        var error = await FailAsync(inGroup, books => known ? books.AddUnenlistedAsync(id) : books.AddMutelyAsync(id));

        Assert.Contains("do not enlist in a TransactionScope", error.Message, StringComparison.Ordinal);
        Assert.False(await _bank.HasAsync(id), "the method ran outside of any transaction");
    }

    [Fact]
    public async Task A_method_of_a_Direct_database_works_inside_one_of_an_Ambient_one()
    {
        var (outer, inner) = (_world.NextId(), _world.NextId());

        var result = await RootAsync((books, items) => books.AddThenRunAsync(outer, () => items.AddAsync(inner, Stop)));

        Assert.Null(result.Error);
        await _bank.SeesAsync(outer, Stop);
        await _bank.SeesAsync(inner, Stop);
    }

    [Fact]
    public async Task What_comes_back_from_there_to_the_Ambient_database_is_in_its_transaction()
    {
        var (outer, between, inner) = (_world.NextId(), _world.NextId(), _world.NextId());

        var result = await RootAsync((books, items) => books.AddThenRunAsync(outer, async () =>
        {
            await items.WorkAsync(async context =>
            {
                context.Items.Add(new Item { Id = between });
                await context.SaveChangesAsync(Stop);
                await books.AddThenRunAsync(inner, () => Task.CompletedTask);
            });
            throw new InvalidOperationException("No.");
        }));

        Assert.IsType<FatAbortedException>(result.Error);
        await _world.NothingPreparedAsync(_bank);
        Assert.False(await _bank.HasAsync(outer));
        Assert.False(await _bank.HasAsync(between));
        Assert.False(await _bank.HasAsync(inner), "it was committed by itself");
    }

    [Fact]
    public async Task Inside_an_Ambient_method_there_is_no_connection_of_the_Direct_one_around_it()
    {
        FatLocalTransaction? around = null, inside = null, again = null;

        var result = await RootAsync((books, items) => items.WorkAsync(async _ =>
        {
            around = FatLocalTransaction.Current;
            await books.AddThenRunAsync(_world.NextId(), async () =>
            {
                inside = FatLocalTransaction.Current;
                await items.WorkAsync(_ =>
                {
                    again = FatLocalTransaction.Current;
                    return Task.CompletedTask;
                });
            });
        }));

        Assert.Null(result.Error);
        Assert.NotNull(around);
        Assert.Null(inside);
        Assert.Same(around.Connection, again?.Connection);
    }

    [Fact]
    public async Task A_group_inside_a_TransactionScope_of_the_applications_own_is_not_part_of_it()
    {
        var (direct, ambient) = (_world.NextId(), _world.NextId());
        FatScopeResult result;
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            result = await RootAsync(async (books, items) =>
            {
                await items.AddAsync(direct, Stop);
                await books.AddThenRunAsync(ambient, () => Task.CompletedTask);
            });
        }

        Assert.Null(result.Error);
        await _bank.SeesAsync(direct, Stop);
        await _bank.SeesAsync(ambient, Stop);
    }

    private Task<FatScopeResult> RootAsync(Func<IBooks, IItems, Task> body) => _bank.RootAsync(async (_, _) =>
    {
        await using var scope = _bank.Services.CreateAsyncScope();
        await body(scope.ServiceProvider.GetRequiredService<IBooks>(), scope.ServiceProvider.GetRequiredService<IItems>());
    });

    private async Task<Exception> FailAsync(bool inGroup, Func<IBooks, Task> body)
    {
        if (inGroup)
            return Assert.IsType<FatAbortedException>((await RootAsync((books, _) => body(books))).Error);
        await using var scope = _bank.Services.CreateAsyncScope();
        return await Assert.ThrowsAsync<FatConfigurationException>(() => body(scope.ServiceProvider.GetRequiredService<IBooks>()));
    }
}
