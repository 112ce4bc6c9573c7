using Fat.Registry;
using Fat.Registry.InMemory;

namespace Fat.Core.Tests.Registry;

public sealed class InMemoryGroupRegistryTests : GroupRegistryContract
{
    private readonly InMemoryRegistryStore _store = new(TimeProvider.System);

    private protected override IGroupRegistry Open() => new InMemoryGroupRegistry(_store);

    private protected override Task LoseAsync()
    {
        _store.Lose();
        return Task.CompletedTask;
    }
}
