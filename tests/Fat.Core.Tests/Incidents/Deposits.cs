using System.Text.Json.Serialization;
using Fat.Core.Tests.World;
using Microsoft.EntityFrameworkCore;

namespace Fat.Core.Tests.Incidents;

public enum Currency
{
    Euro,
    Yen,
}

public sealed record Deposit(string Owner, decimal Amount, Currency? Currency, DateTimeOffset At, List<string> Notes, (int Low, int High) Range);

public interface IPayload
{
    int Id { get; }
}

public sealed record Payload(int Id, string Text) : IPayload;

/// <summary>The business of a service that holds its transactions open.</summary>
public interface IDeposits
{
    Task PutAsync(int id, Deposit deposit, CancellationToken cancellationToken = default);

    Task PutOnceAsync(int id, string text);

    Task PutWithAsync(int id, Func<CancellationToken, Task>? with);

    Task PutReplayedWithAsync(int id, Func<CancellationToken, Task>? with);

    Task PutPayloadAsync(IPayload payload);

    void PutTwo(int first, int second);

    ValueTask<int> PutAndCallAsync(int id, string what);

    Task AppendAsync(int id, string what);

    Task PutEachAsync(IEnumerable<int> ids);

    Task PutEachReplayedAsync(IEnumerable<int> ids);

    Task PutLaterAsync(Later later);

    Task<long> CountAsync(Watched watched);

    Task PutWatchedAsync(int id, List<Watched> watched);

    Task PayAsync(int id, Payment payment);

    Task PayAllAsync(int id, List<Payment> payments);

    Task PayKnownAsync(int id, KnownPayment payment);
}

public record Payment(decimal Amount);

public sealed record CardPayment(decimal Amount, string Card) : Payment(Amount);

[JsonDerivedType(typeof(KnownCardPayment), "card")]
public record KnownPayment(decimal Amount);

public sealed record KnownCardPayment(decimal Amount, string Card) : KnownPayment(Amount);

/// <summary>What is not there yet, inside of what is.</summary>
public sealed record Later(Lazy<int> Made, Task<int> Waited, IEnumerable<int> Read);

/// <summary>Knows how often somebody has looked at it.</summary>
public sealed class Watched
{
    private int _looks;

    public int Looks => _looks;

    public string Text => $"look {Interlocked.Increment(ref _looks)}";
}

/// <summary>What is done outside of the database, which a replay does again.</summary>
public sealed class Outside
{
    public Func<string, Task> DoAsync { get; set; } = _ => Task.CompletedTask;
}

public class Deposits(ItemsContext context, Outside outside) : IDeposits
{
    [FatTransaction(Replay = true)]
    public virtual async Task PutAsync(int id, Deposit deposit, CancellationToken cancellationToken = default)
    {
        await AddAsync(id, Text(deposit) + FatContext.Current!.Gid);
        deposit.Notes.Clear();
    }

    /// <summary>All of it; PostgreSQL takes no null characters.</summary>
    public static string Text(Deposit deposit) => (deposit + string.Join('+', deposit.Notes)).Replace('\0', '0');

    [FatTransaction]
    public virtual Task PutOnceAsync(int id, string text) => AddAsync(id, text);

    [FatTransaction]
    public virtual Task PutWithAsync(int id, Func<CancellationToken, Task>? with) => AddAsync(id, "with");

    [FatTransaction(Replay = true)]
    public virtual Task PutReplayedWithAsync(int id, Func<CancellationToken, Task>? with) => AddAsync(id, "with");

    [FatTransaction(Replay = true)]
    public virtual Task PutPayloadAsync(IPayload payload) => AddAsync(payload.Id, ((Payload)payload).Text);

    [FatTransaction(Replay = true)]
    public virtual void PutTwo(int first, int second)
    {
        context.Items.AddRange(new Item { Id = first, Text = "first" }, new Item { Id = second, Text = "second" });
        context.SaveChanges();
    }

    [FatTransaction(Replay = true)]
    public virtual async ValueTask<int> PutAndCallAsync(int id, string what)
    {
        await AddAsync(id, what);
        await outside.DoAsync(what);
        return id;
    }

    /// <summary>What is done twice is to be seen.</summary>
    [FatTransaction(Replay = true)]
    public virtual Task AppendAsync(int id, string what) =>
        context.Items.Where(item => item.Id == id).ExecuteUpdateAsync(set => set.SetProperty(item => item.Text, item => item.Text + what));

    [FatTransaction]
    public virtual Task PutEachAsync(IEnumerable<int> ids) => AddEachAsync(ids);

    [FatTransaction(Replay = true)]
    public virtual Task PutEachReplayedAsync(IEnumerable<int> ids) => AddEachAsync(ids);

    [FatTransaction]
    public virtual async Task PutLaterAsync(Later later) => await AddEachAsync([later.Made.Value, await later.Waited, .. later.Read]);

    [FatTransaction(ReadOnly = true)]
    public virtual Task<long> CountAsync(Watched watched) => context.Items.LongCountAsync();

    [FatTransaction]
    public virtual Task PutWatchedAsync(int id, List<Watched> watched) => AddAsync(id, "watched");

    [FatTransaction(Replay = true)]
    public virtual Task PayAsync(int id, Payment payment) => AddAsync(id, payment.ToString());

    [FatTransaction(Replay = true)]
    public virtual Task PayAllAsync(int id, List<Payment> payments) => AddAsync(id, string.Join('+', payments));

    [FatTransaction(Replay = true)]
    public virtual Task PayKnownAsync(int id, KnownPayment payment) => AddAsync(id, payment.ToString());

    private async Task AddEachAsync(IEnumerable<int> ids)
    {
        context.Items.AddRange(ids.Select(id => new Item { Id = id, Text = "each" }));
        await context.SaveChangesAsync();
    }

    private async Task AddAsync(int id, string text)
    {
        context.Items.Add(new Item { Id = id, Text = text });
        await context.SaveChangesAsync();
    }
}
