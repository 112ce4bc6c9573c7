using Fat.Protocol;
using Fat.Registry;

namespace Fat.Core.Tests.Registry;

/// <summary>What records of messages do everywhere. The classes that inherit it say only where they are.</summary>
public abstract partial class MessageRecordContract : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);
    private static readonly MessageOrigin Origin = new(GroupSample.Database, "{\"gid\":\"库存 😀\"}\n");

    private readonly List<OpenRegistry> _open = [];

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected IMessageRecords Records { get; private set; } = null!;

    /// <summary>A service that no other test uses.</summary>
    private protected FatName Service { get; } = GroupSample.NewService();

    public ValueTask InitializeAsync()
    {
        var registry = Open();
        _open.Add(registry);
        Records = registry.Messages;
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var registry in _open)
            await registry.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected abstract OpenRegistry Open();

    /// <summary>Everything is lost.</summary>
    private protected abstract Task LoseAsync();

    private protected static MessageId Id(string text) => MessageId.TryParse(text, out var id) ? id : throw new ArgumentException(text, nameof(text));

    private protected Task PrepareAsync(string id, TimeSpan? timeout = null, MessageOrigin? origin = null) =>
        Records.PrepareAsync(Service, Id(id), origin ?? Origin, timeout ?? Long, Cancellation).AsTask();

    private protected async Task<string> SubmitAsync(string id, params string[] branches) =>
        string.Join(' ', Assert.Single(await Records.SubmitAsync(Service, [new SubmittedMessage(Id(id), Origin, branches)], Cancellation)));

    private protected Task CancelAsync(string id, string reason = "rolled back") => Records.CancelAsync(Service, Id(id), reason, Cancellation).AsTask();

    private protected static BranchNews News(string id, string branch, BranchState state, int attempts = 1, string? reason = null) =>
        new(Id(id), branch, state, attempts, reason);

    private protected Task TellAsync(string id, string branch, BranchState state, int attempts = 1, string? reason = null) =>
        TellAsync(News(id, branch, state, attempts, reason));

    private protected Task TellAsync(params BranchNews[] news) => Records.TellAsync(Service, news, Long, Cancellation).AsTask();

    private protected async Task<MessageRecord?> ReadAsync(string id) => (await Records.ReadAsync(Service, [Id(id)], Cancellation))[0];

    /// <summary>The record of a message in this state, and in the list of it and in no other.</summary>
    private protected async Task<MessageRecord> AssertIsAsync(MessageState state, string id)
    {
        var record = await ReadAsync(id);
        Assert.NotNull(record);
        Assert.Equal(state, record.State);
        foreach (var other in Enum.GetValues<MessageState>())
            Assert.Equal(other == state, (await ListAsync(other)).Contains(id, StringComparer.Ordinal));
        return record;
    }

    private protected async Task<string[]> ListAsync(MessageState state, int skip = 0, int most = 100) =>
        [.. (await Records.ListAsync(Service, state, skip, most, Cancellation)).Select(id => id.Text)];

    private protected async Task<string> TakeEndedAsync(int most = 100, TimeSpan? pause = null) =>
        string.Join(' ', (await Records.TakeEndedAsync(Service, most, pause ?? Long, Cancellation)).Select(place => $"{place.Id}@{place.Database}"));

    private protected async Task<string> TakeOverdueAsync(TimeSpan? pause = null, int most = 100) =>
        string.Join(' ', (await Records.TakeOverdueAsync(Service, most, pause ?? Long, Cancellation)).Select(place => $"{place.Id}@{place.Database}"));

    private protected static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(15));
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        while (!await condition())
            await ticks.WaitForNextTickAsync(limit.Token);
    }
}
