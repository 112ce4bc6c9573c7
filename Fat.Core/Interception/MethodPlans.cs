using System.Collections.Concurrent;
using System.Reflection;
using Castle.DynamicProxy;

namespace Fat.Interception;

/// <summary>The plans of all marked methods, made when they are first called. Thread-safe.</summary>
internal sealed class MethodPlans
{
    private readonly ConcurrentDictionary<(MarkedMethods, MethodInfo), MethodPlan> _plans = new();

    public MethodPlan Of(IInvocation invocation, MarkedMethods methods)
    {
        var method = invocation.GetConcreteMethod();
        return _plans.TryGetValue((methods, method), out var plan) ? plan : Add(invocation, methods, method);
    }

    private MethodPlan Add(IInvocation invocation, MarkedMethods methods, MethodInfo method)
    {
        var declared = invocation.Method.IsGenericMethod ? invocation.Method.GetGenericMethodDefinition() : invocation.Method;
        var plan = new MethodPlan(method, methods.All[declared], $"{methods.Implementation.Name}.{declared.Name}");
        return _plans.GetOrAdd((methods, method), plan);
    }
}
