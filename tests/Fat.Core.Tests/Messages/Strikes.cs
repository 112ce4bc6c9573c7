using System.Collections.Concurrent;
using Fat.Faults;
using Fat.Protocol;
using Fat.Registry;
using Npgsql;

namespace Fat.Core.Tests.Messages;

/// <summary>Lets the next write or message at a point fail as a lost connection does.</summary>
internal sealed class Strikes : FaultPoints
{
    private readonly ConcurrentDictionary<(FaultPoint Point, bool After), Exception> _next = new();

    public void DatabaseAt(FaultPoint point, bool after) =>
        _next[(point, after)] = new NpgsqlException("Exception while reading from stream", new IOException("The connection was lost, as the test wanted it."));

    public void RegistryAt(FaultPoint point, bool after) => _next[(point, after)] = new RegistryUnavailableException("test", new IOException("The connection was lost, as the test wanted it."));

    public override ValueTask BeforeAsync(FaultPoint point, params ReadOnlySpan<GroupId> groups) => Pass(point, after: false);

    public override ValueTask AfterAsync(FaultPoint point, params ReadOnlySpan<GroupId> groups) => Pass(point, after: true);

    private ValueTask Pass(FaultPoint point, bool after) => _next.TryRemove((point, after), out var failure) ? ValueTask.FromException(failure) : ValueTask.CompletedTask;
}
