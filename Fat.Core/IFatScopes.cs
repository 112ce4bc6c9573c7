namespace Fat;

/// <summary>
/// Enters scopes by hand: what the ASP.NET Core middleware and the proxies do, open to other hosts (message consumers,
/// RPC servers). Thread-safe; a singleton.
/// </summary>
public interface IFatScopes
{
    /// <summary>
    /// Runs <paramref name="body"/> as a scope: a root when the request carries no remote data, else a child of the group
    /// it names. Remote data that has <see cref="FatRemoteFields.Unjoined"/> and no context begins nothing: the outcome is that of a group that rolled back. Returns when the scope is over: in a root after the decision is durable, in a child when its answer may
    /// leave.
    /// </summary>
    /// <param name="request">The scope.</param>
    /// <param name="body">
    /// The work. It returns null when it went well, else the reason why it did not; what it throws is a reason as well.
    /// Its token is cancelled when the group is aborted or out of time.
    /// </param>
    /// <param name="cancellationToken">The caller's own cancellation: it rolls the group back while undecided.</param>
    /// <returns>How the scope ended. An outcome is returned, not thrown.</returns>
    /// <exception cref="FatRemoteDataException">The remote data is malformed or not signed; nothing was enlisted.</exception>
    /// <exception cref="FatConfigurationException">A root would begin while a call from inside a group is handled without a part in it (<see cref="FatUnjoinedCall"/>); nothing was begun.</exception>
    Task<FatScopeResult> RunAsync(
        FatScopeRequest request,
        Func<CancellationToken, Task<string?>> body,
        CancellationToken cancellationToken = default);
}
