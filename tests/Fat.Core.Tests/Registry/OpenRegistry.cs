using Fat.Registry;
using Fat.Registry.InMemory;
using Fat.Registry.Redis;

namespace Fat.Core.Tests.Registry;

/// <summary>The registry of one process, with all its parts.</summary>
internal sealed record OpenRegistry(IGroupRegistry Groups, IWorkQueues Queues, IMessageRecords Messages, IHistory History, IAsyncDisposable Owner) : IAsyncDisposable
{
    public static OpenRegistry Of(InMemoryRegistryStore store)
    {
        var groups = new InMemoryGroupRegistry(store);
        return new OpenRegistry(groups, new InMemoryWorkQueues(store), new InMemoryMessageRecords(store), new InMemoryHistory(store), groups);
    }

    public static OpenRegistry Of(FatRedisOptions options)
    {
        var all = new RedisRegistry(options, TimeProvider.System);
        return new OpenRegistry(all.Groups, all.Queues, all.Messages, all.History, all);
    }

    public ValueTask DisposeAsync() => Owner.DisposeAsync();
}
