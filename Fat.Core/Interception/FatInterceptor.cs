using Castle.DynamicProxy;
using Fat.Context;
using Fat.Coordination;

namespace Fat.Interception;

/// <summary>
/// Turns calls of marked methods into scopes and branches. One for every proxied instance, because a branch needs the DI
/// scope that its service came from. Thread-safe.
/// </summary>
internal sealed class FatInterceptor(MarkedMethods methods, MethodPlans plans, ProxiedScopes scopes, LocalRunner alone, Databases databases, IServiceProvider services)
    : IInterceptor
{
    public void Intercept(IInvocation invocation)
    {
        var plan = plans.Of(invocation, methods);
        if (JoinsItsCaller(plan.Marks))
        {
            invocation.Proceed();
            return;
        }

        Begin(plan, invocation);
    }

    /// <summary>Whether everything that the method asks for is open already: then it is called as if it were not marked.</summary>
    private bool JoinsItsCaller(Marks marks) =>
        (marks.Register is null || AmbientScope.Current is not null)
        && (marks.Transaction is not { } transaction || Around(transaction)?.Serves(services) == true);

    /// <summary>What a method joins, or null.</summary>
    private BranchFrame? Around(FatTransactionAttribute transaction)
    {
        var frame = BranchFrame.On(databases.Find(transaction.Database).Database.Name);
        frame?.RequireIsolation(transaction.IsolationLevel);
        return frame;
    }

    private void Begin(MethodPlan plan, IInvocation invocation)
    {
        var copy = InvocationCopy.Of(invocation);
        var proceed = copy.CaptureProceedInfo();
        var running = plan.Marks.Register is { } register && AmbientScope.Current is null
            ? scopes.RunAsync(plan.Name, register, token => TransactionAsync(plan, copy, proceed, token))
            : TransactionAsync(plan, copy, proceed, CancellationToken.None);
        invocation.ReturnValue = plan.Shape.Return(running);
    }

    private Task<object?> TransactionAsync(MethodPlan plan, IInvocation invocation, IInvocationProceedInfo proceed, CancellationToken scopeToken)
    {
        if (plan.Marks.Transaction is not { } transaction)
            return BodyAsync(plan, invocation, proceed, scopeToken);
        if (Around(transaction) is { } frame)
            return frame.Serves(services) ? BodyAsync(plan, invocation, proceed, CancellationToken.None) : JoinAsync(frame, plan, invocation, proceed);
        var call = new BranchCall(
            plan.Name, transaction.Database, transaction.IsolationLevel, transaction.ReadOnly, Wait(transaction.WaitResultMilliseconds),
            Wait(transaction.WaitCommitMilliseconds), transaction.Join, services, token => BodyAsync(plan, invocation, proceed, token))
        {
            Describe = limit => CallDescription.Of(methods, plan, invocation.GetConcreteMethod(), invocation.Arguments, limit),
        };
        return AmbientScope.Current switch
        {
            Scope scope => scope.RunBranchAsync(call, CallerToken(plan, invocation)),
            ReplayScope => throw ReplayScope.Refused($"begin {plan.Name}, which is on another database"),
            _ => alone.RunAsync(call, databases.Find(transaction.Database)),
        };
    }

    private async Task<object?> JoinAsync(BranchFrame frame, MethodPlan plan, IInvocation invocation, IInvocationProceedInfo proceed)
    {
        object? result = null;
        await frame.RunAsync(services, async () => result = await BodyAsync(plan, invocation, proceed, CancellationToken.None).ConfigureAwait(false)).ConfigureAwait(false);
        return result;
    }

    /// <summary>Runs the method itself; its own tokens are cancelled along with the given one.</summary>
    private static async Task<object?> BodyAsync(MethodPlan plan, IInvocation invocation, IInvocationProceedInfo proceed, CancellationToken token)
    {
        if (!token.CanBeCanceled || plan.TokenPositions.Count == 0)
        {
            proceed.Invoke();
            return await plan.Shape.AwaitAsync(invocation.ReturnValue).ConfigureAwait(false);
        }

        using var linked = CancellationTokenSource.CreateLinkedTokenSource(token, CallerToken(plan, invocation));
        foreach (var position in plan.TokenPositions)
            invocation.SetArgumentValue(position, linked.Token);
        proceed.Invoke();
        return await plan.Shape.AwaitAsync(invocation.ReturnValue).ConfigureAwait(false);
    }

    private static CancellationToken CallerToken(MethodPlan plan, IInvocation invocation) =>
        plan.TokenPositions.Count > 0 ? (CancellationToken)invocation.GetArgumentValue(plan.TokenPositions[0])! : CancellationToken.None;

    private static TimeSpan? Wait(int milliseconds) => milliseconds > 0 ? TimeSpan.FromMilliseconds(milliseconds) : null;
}
