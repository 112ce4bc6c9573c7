using Fat.Protocol;
using Fat.Registry;

namespace Fat.Core.Tests.Registry;

/// <summary>What every registry does. The classes that inherit it say only where the registry is.</summary>
public abstract partial class GroupRegistryContract : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(15);

    private readonly List<IGroupRegistry> _open = [];

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The registry that most tests use.</summary>
    private protected IGroupRegistry Registry { get; private set; } = null!;

    public ValueTask InitializeAsync()
    {
        Registry = OpenAnother();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var registry in _open)
            await registry.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the registry of one more process.</summary>
    private protected abstract IGroupRegistry Open();

    /// <summary>Everything is lost.</summary>
    private protected abstract Task LoseAsync();

    private protected IGroupRegistry OpenAnother()
    {
        var registry = Open();
        _open.Add(registry);
        return registry;
    }

    private protected async Task<GroupSnapshot?> ReadAsync(GroupSample group) =>
        (await Registry.ReadAsync([group.Gid], Cancellation))[group.Gid];

    private protected async Task<GroupSnapshot> ReadKnownAsync(GroupSample group) =>
        await ReadAsync(group) ?? throw new InvalidOperationException("The registry does not have the group.");

    /// <summary>What is in an inbox now.</summary>
    private protected async Task<IReadOnlyList<InboxMessage>> InboxAsync(InstanceId instance) =>
        await Registry.ReceiveAsync(instance, TimeSpan.Zero, Cancellation);
}
