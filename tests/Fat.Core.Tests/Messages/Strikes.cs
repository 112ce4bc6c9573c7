using System.Collections.Concurrent;
using Fat.Faults;
using Fat.Protocol;
using Fat.Registry;
using Npgsql;

namespace Fat.Core.Tests.Messages;

/// <summary>Lets the next write or message at a point, or a later one, fail as a lost connection does.</summary>
internal sealed class Strikes : FaultPoints
{
    private readonly ConcurrentDictionary<(FaultPoint Point, bool After), Exception> _next = new();
    private int _passing;

    /// <summary>Whether everything that was to fail has failed.</summary>
    public bool AreOver => _next.IsEmpty;

    public void DatabaseAt(FaultPoint point, bool after, int passing = 0)
    {
        _passing = passing;
        _next[(point, after)] = new NpgsqlException("Exception while reading from stream", new IOException("The connection was lost, as the test wanted it."));
    }

    public void RegistryAt(FaultPoint point, bool after) => _next[(point, after)] = new RegistryUnavailableException("test", new IOException("The connection was lost, as the test wanted it."));

    public override ValueTask BeforeAsync(FaultPoint point, params ReadOnlySpan<GroupId> groups) => Pass(point, after: false);

    public override ValueTask AfterAsync(FaultPoint point, params ReadOnlySpan<GroupId> groups) => Pass(point, after: true);

    private ValueTask Pass(FaultPoint point, bool after)
    {
        if (!_next.ContainsKey((point, after)) || Interlocked.Decrement(ref _passing) >= 0)
            return ValueTask.CompletedTask;
        return _next.TryRemove((point, after), out var failure) ? ValueTask.FromException(failure) : ValueTask.CompletedTask;
    }
}
