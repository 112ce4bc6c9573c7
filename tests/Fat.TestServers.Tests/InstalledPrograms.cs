
[assembly: AssemblyFixture(typeof(Fat.TestServers.Tests.InstalledPrograms))]

namespace Fat.TestServers.Tests;

/// <summary>The server programs are there before the first test wants one.</summary>
public sealed class InstalledPrograms : IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await ServerPrograms.EnsureAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
