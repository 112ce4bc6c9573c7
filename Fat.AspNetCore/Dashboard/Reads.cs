using System.Data.Common;

namespace Fat.AspNetCore.Dashboard;

/// <summary>Reads of several sources for one answer: one that is away is named in it, and the others' part is shown. Not thread-safe.</summary>
internal sealed class Reads
{
    /// <summary>As Fat.Core names it.</summary>
    public const string Registry = "registry";

    /// <summary>The databases that hold the audit tables, where the reason why they were not read does not name one.</summary>
    public const string Audit = "audit";

    private readonly SortedSet<string> _away = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Unreachable => [.. _away];

    /// <summary>What was read, or the default when its source is away.</summary>
    public async Task<T?> ReadAsync<T>(string source, Func<Task<T>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is FatMonitorUnavailableException or DbException or TimeoutException)
        {
            // Only read: nothing is left behind, and what is missing is unknown.
            _away.Add(source);
            return default;
        }
    }

    /// <summary>A list that names its own sources that are away.</summary>
    public async Task<FatList<T>> ListAsync<T>(Task<FatList<T>> list)
    {
        var read = await list.ConfigureAwait(false);
        _away.UnionWith(read.Unreachable);
        return read;
    }

    public void Missing(IEnumerable<string> sources) => _away.UnionWith(sources);
}
