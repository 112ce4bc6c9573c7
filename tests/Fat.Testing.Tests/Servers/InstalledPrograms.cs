using Fat.Testing.Servers;

[assembly: AssemblyFixture(typeof(Fat.Testing.Tests.Servers.InstalledPrograms))]

namespace Fat.Testing.Tests.Servers;

/// <summary>The server programs are there before the first test wants one.</summary>
public sealed class InstalledPrograms : IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await ServerPrograms.EnsureAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
