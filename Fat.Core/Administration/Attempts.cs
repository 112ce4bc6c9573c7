using System.Collections.Immutable;
using System.Data.Common;
using Fat.Registry;

namespace Fat.Administration;

/// <summary>Reads of several servers for one answer: one that is away is named in it and leaves the others' part.</summary>
internal sealed class Attempts
{
    public const string Registry = "registry";

    private readonly SortedSet<string> _failed = new(StringComparer.Ordinal);

    public ImmutableArray<string> Failed => [.. _failed];

    public bool HasFailed(string name) => _failed.Contains(name);

    /// <summary>A part of what was asked for could not be read.</summary>
    public void Fail(string name) => _failed.Add(name);

    /// <summary>The result, or the default when the server is away.</summary>
    public async Task<T?> ReadAsync<T>(string name, Func<Task<T>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is DbException or RegistryUnavailableException or TimeoutException)
        {
            // Only read: nothing is left behind, and what is missing is unknown.
            _failed.Add(name);
            return default;
        }
    }
}
