namespace Fat.Dashboard.Tests.EndToEnd;

/// <summary>The local transactions of both services.</summary>
public interface IShelf
{
    Task AddAsync(string item, CancellationToken cancellationToken);

    Task ReserveAsync(string item, CancellationToken cancellationToken);
}

internal sealed class Shelf(ShopContext context) : IShelf
{
    [FatTransaction]
    public async Task AddAsync(string item, CancellationToken cancellationToken)
    {
        context.Lines.Add(new Line { Item = item });
        await context.SaveChangesAsync(cancellationToken);
    }

    /// <summary>There is never enough.</summary>
    [FatTransaction]
    public Task ReserveAsync(string item, CancellationToken cancellationToken) => throw new InvalidOperationException($"There are fewer than 3 pieces of {item}.");
}

/// <summary>Tells customers by mail, when the mail server is there.</summary>
internal sealed class Mailer(MailServer server)
{
    public const string Topic = "order-placed";
    public const string Away = "The mail server is away.";

    [FatSubscribe(Topic, Group = "mail", MaxAttempts = 1, RetryMilliseconds = 100)]
    public Task SendAsync(Wanted wanted, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!server.IsUp)
            throw new InvalidOperationException(Away);
        server.Sent.TrySetResult(wanted.Item);
        return Task.CompletedTask;
    }
}

/// <summary>What the test does with the mail server.</summary>
internal sealed class MailServer
{
    public bool IsUp { get; set; }

    public TaskCompletionSource<string> Sent { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
