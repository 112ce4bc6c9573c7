using Fat.Coordination;

namespace Fat.Interception;

/// <summary>
/// Runs marked methods of proxied services as scopes: children when an adapter knows of a group that came with the message
/// being handled, else roots. Thread-safe.
/// </summary>
internal sealed class ProxiedScopes(ScopeRunner runner, IEnumerable<ICustomRemoteDataAdapter> adapters)
{
    private readonly ICustomRemoteDataAdapter[] _adapters = [.. adapters];

    /// <exception cref="FatAbortedException">The group is rolled back.</exception>
    /// <exception cref="FatInDoubtException">The outcome is not known yet.</exception>
    /// <exception cref="FatRemoteDataException">The remote data cannot be read; nothing was enlisted.</exception>
    /// <exception cref="FatConfigurationException">It would be a root in the middle of a caller's group.</exception>
    public async Task<object?> RunAsync(string name, FatServiceRegisterAttribute attribute, Func<CancellationToken, Task<object?>> body)
    {
        var (adapter, fields) = Incoming();
        object? value = null;
        var result = await runner.RunAsync(
            new FatScopeRequest(name, attribute, fields),
            async token =>
            {
                value = await body(token).ConfigureAwait(false);
                return null;
            },
            reply => adapter?.Reply(reply) ?? true,
            CancellationToken.None).ConfigureAwait(false);
        return result.Error is null ? value : throw result.Error;
    }

    private (ICustomRemoteDataAdapter? Adapter, IReadOnlyDictionary<string, string>? Fields) Incoming()
    {
        foreach (var adapter in _adapters)
        {
            if (adapter.Read() is { } fields)
                return (adapter, fields);
        }

        return (null, null);
    }
}
