using System.Data;
using Microsoft.EntityFrameworkCore;

namespace Fat.Core.Tests.World;

/// <summary>The business of a test service: rows.</summary>
public interface IItems
{
    Task AddAsync(int id, CancellationToken cancellationToken = default);

    Task<int> ChangeAsync(int id, string text);

    Task<int> CountAsync();

    Task AddThenFailAsync(int id);

    Task AddThenRunAsync(int id, Func<CancellationToken, Task> then, CancellationToken cancellationToken = default);

    Task AddAndStayAsync(int id, Task until);

    Task AddAndSwallowAnErrorAsync(int id);

    Task AddElsewhereAsync(int id);

    Task AddTwiceNestedAsync(int first, int second);

    Task WorkAsync(Func<ItemsContext, Task> work);

    Task WorkSerializableAsync(Func<ItemsContext, Task> work);

    Task ReadAsync(Func<ItemsContext, Task> read);

    [FatServiceRegister]
    Task AddAsRootAsync(int id);

    [FatServiceRegister(ServiceCount = 1)]
    Task AddAsRootWithWrongCountAsync(int id);
}

public sealed class Item
{
    public int Id { get; set; }

    public string? Text { get; set; }
}

public sealed class ItemsContext(DbContextOptions<ItemsContext> options) : DbContext(options)
{
    public DbSet<Item> Items => Set<Item>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        var item = modelBuilder.Entity<Item>().ToTable("items");
        item.Property(row => row.Id).HasColumnName("id").ValueGeneratedNever();
        item.Property(row => row.Text).HasColumnName("text");
    }
}

public class ItemsService(ItemsContext context, Lazy<IItems> self) : IItems
{
    [FatTransaction]
    public virtual async Task AddAsync(int id, CancellationToken cancellationToken = default)
    {
        context.Items.Add(new Item { Id = id, Text = "added" });
        await context.SaveChangesAsync(cancellationToken);
    }

    [FatTransaction(IsolationLevel = IsolationLevel.RepeatableRead)]
    public virtual Task<int> ChangeAsync(int id, string text) =>
        context.Items.Where(item => item.Id == id).ExecuteUpdateAsync(set => set.SetProperty(item => item.Text, text));

    [FatTransaction(ReadOnly = true)]
    public virtual Task<int> CountAsync() => context.Items.CountAsync();

    [FatTransaction]
    public virtual async Task AddThenFailAsync(int id)
    {
        await AddAsync(id);
        throw new InvalidOperationException("Out of stock.");
    }

    [FatTransaction(WaitResultMilliseconds = 400)]
    public virtual async Task AddThenRunAsync(int id, Func<CancellationToken, Task> then, CancellationToken cancellationToken = default)
    {
        await AddAsync(id, CancellationToken.None);
        await then(cancellationToken);
    }

    [FatTransaction]
    public virtual async Task AddAndStayAsync(int id, Task until)
    {
        await AddAsync(id);
        await until;
    }

    [FatTransaction]
    public virtual async Task AddAndSwallowAnErrorAsync(int id)
    {
        await AddAsync(id);
        try
        {
            await context.Database.ExecuteSqlRawAsync("SELECT no_such_function()");
        }
        catch (Npgsql.PostgresException)
        {
            // PostgreSQL has failed the transaction, whatever this method thinks.
        }
    }

    [FatTransaction(Database = "archive")]
    public virtual async Task AddElsewhereAsync(int id)
    {
        var transaction = FatLocalTransaction.Current!;
        await using var command = transaction.Connection.CreateCommand();
        command.Transaction = transaction.Transaction;
        command.CommandText = $"INSERT INTO items (id, text) VALUES ({id}, 'archived')";
        await command.ExecuteNonQueryAsync();
    }

    [FatTransaction]
    public virtual async Task AddTwiceNestedAsync(int first, int second)
    {
        await self.Value.AddAsync(first);
        await self.Value.AddAsync(second);
    }

    [FatTransaction]
    public virtual Task WorkAsync(Func<ItemsContext, Task> work) => work(context);

    [FatTransaction(IsolationLevel = IsolationLevel.Serializable)]
    public virtual Task WorkSerializableAsync(Func<ItemsContext, Task> work) => work(context);

    [FatTransaction(ReadOnly = true)]
    public virtual Task ReadAsync(Func<ItemsContext, Task> read) => read(context);

    [FatTransaction]
    public virtual Task AddAsRootAsync(int id) => AddAsync(id);

    [FatTransaction]
    public virtual Task AddAsRootWithWrongCountAsync(int id) => AddAsync(id);
}
