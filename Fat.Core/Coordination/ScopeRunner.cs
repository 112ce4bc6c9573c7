using System.Diagnostics;
using Fat.Context;
using Fat.Diagnostics;
using Fat.Protocol;

namespace Fat.Coordination;

/// <summary>Enters scopes and ends them.</summary>
internal sealed class ScopeRunner(Participant participant) : IFatScopes
{
    private const string Stopping = "This instance of the service is stopping and takes no more groups.";

    public Task<FatScopeResult> RunAsync(
        FatScopeRequest request, Func<CancellationToken, Task<string?>> body, CancellationToken cancellationToken = default) =>
        RunAsync(request, body, static _ => true, cancellationToken);

    /// <param name="request">The scope.</param>
    /// <param name="body">The work.</param>
    /// <param name="reply">Given a child's reply fields, false when the transport cannot carry them back to the caller.</param>
    /// <param name="cancellationToken">The caller's own cancellation.</param>
    public async Task<FatScopeResult> RunAsync(
        FatScopeRequest request, Func<CancellationToken, Task<string?>> body, Func<IReadOnlyDictionary<string, string>, bool> reply, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(body);
        var context = participant.Node.Signer.Read(request.RemoteData);
        if (context is null && AmbientScope.UnjoinedCall is { } unjoined)
            throw RootRefused(unjoined, request);
        if (UnjoinedMark.EndpointOf(request.RemoteData) is { } middle)
            return Refuse(GroupId.New(participant.Node.Time.GetUtcNow()), request, ChildMissed(middle, request));
        if (participant.Admission.IsClosed)
            return Refuse(context?.Gid ?? GroupId.New(participant.Node.Time.GetUtcNow()), request, Stopping);
        using var activity = FatActivity.StartScope(context is null, request.Name, Caller(request));
        if (context is null)
        {
            var root = new RootScope(participant, request, cancellationToken);
            participant.Scopes.Add(root);
            participant.Node.Watch.Entered(root);
            return await RunAsync(root, body, () => EndAsync(root), activity).ConfigureAwait(false);
        }

        if (!participant.SeenCalls.TryBegin(context.Gid, context.Call, context.Remaining))
        {
            var refused = Duplicate(context, request);
            FatActivity.Ended(activity, refused, participant.Node.Redaction);
            return refused;
        }

        var child = new ChildScope(participant, context, request, cancellationToken);
        participant.Scopes.Add(child);
        participant.Node.Watch.Entered(child);
        using (BranchFrame.Leave())
            return await RunAsync(child, body, () => child.EndAsync(reply), activity).ConfigureAwait(false);
    }

    private async Task<FatScopeResult> EndAsync(RootScope root)
    {
        var result = await root.EndAsync().ConfigureAwait(false);
        participant.Ended.Add(root, result);
        participant.History.Ended(root, result);
        return result;
    }

    /// <summary>The caller's span, as transports tell it that know nothing of traces themselves.</summary>
    private static string? Caller(FatScopeRequest request) => request.RemoteData?.GetValueOrDefault(FatRemoteFields.Trace);

    private static async Task<FatScopeResult> RunAsync(
        Scope scope, Func<CancellationToken, Task<string?>> body, Func<Task<FatScopeResult>> end, Activity? activity)
    {
        FatActivity.Describe(activity, scope);
        try
        {
            try
            {
                using (AmbientScope.Enter(scope))
                {
                    if (await body(scope.Aborted).ConfigureAwait(false) is { } problem)
                        scope.Abort(problem);
                }
            }
            catch (Exception exception)
            {
                // Rolled back: by the end below, which also tells the caller.
                scope.Abort(scope.Request.Name, $"{exception.GetType().Name}: {exception.Message}", exception);
            }

            var result = await end().ConfigureAwait(false);
            FatActivity.Ended(activity, result, scope.Node.Redaction);
            return result;
        }
        finally
        {
            scope.Ended();
        }
    }

    /// <summary>Its caller may roll back what would have been committed here, and the caller's group could not be joined any more: nothing is begun.</summary>
    private FatConfigurationException RootRefused(FatUnjoinedCall unjoined, FatScopeRequest request)
    {
        var (where, which) = unjoined.CameBy is { } middle
            ? ($"by way of {middle} and of an endpoint here, which take no part in that one", "both endpoints")
            : ("at an endpoint that takes no part in that one", "the endpoint");
        var why = $"'{request.Name}' would begin a group of its own in a call from inside a caller's group, {where}: " +
            $"it would commit, whatever became of the caller's group. Put [FatServiceRegister] on {which} (with a transport of your own, hand the fields that came to IFatScopes or to an " +
            "ICustomRemoteDataAdapter), and it joins. Where it is to be independent of the caller, call it inside FatContext.Suppress().";
        unjoined.Refuse(new RemoteReply.Failed(AbortReason.Of(participant.Node.Service.Text, request.Name, why)).Format());
        return new FatConfigurationException(why);
    }

    /// <summary>The same, where the endpoint that takes no part is in another service: the caller of that one is in a group, and this call could have joined it.</summary>
    private static string ChildMissed(string middle, FatScopeRequest request) =>
        $"'{request.Name}' would begin a group of its own in a call from inside a caller's group, by way of {middle}, which takes no part in that one: it would commit, whatever became of the " +
        "caller's group. Put [FatServiceRegister] on that endpoint, and it joins. Where it is to be independent of the caller, call it there inside FatContext.Suppress().";

    /// <summary>Tells the caller without touching the group: the first execution of the call is the one that counts (rule S8).</summary>
    private FatScopeResult Duplicate(RemoteContext context, FatScopeRequest request)
    {
        FatLog.DuplicateCall(participant.Node.Logger, context.Gid, context.Call);
        return Refuse(context.Gid, request, $"Call {context.Call} has arrived twice; it does not run again.");
    }

    private FatScopeResult Refuse(GroupId gid, FatScopeRequest request, string why)
    {
        var reason = AbortReason.Of(participant.Node.Service.Text, request.Name, why);
        var reply = new Dictionary<string, string>(1, StringComparer.OrdinalIgnoreCase) { [FatRemoteFields.Reply] = new RemoteReply.Failed(reason).Format() };
        var error = new FatAbortedException(gid.ToString(), reason.Service, reason.Method, reason.Reason);
        return new FatScopeResult(FatOutcome.RolledBack, error, reply, gid.ToString());
    }
}
