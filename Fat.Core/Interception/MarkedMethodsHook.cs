using System.Reflection;
using Castle.DynamicProxy;

namespace Fat.Interception;

/// <summary>Lets the proxy override marked methods only: every other call goes straight to the target.</summary>
internal sealed class MarkedMethodsHook(MarkedMethods methods) : IProxyGenerationHook
{
    public bool ShouldInterceptMethod(Type type, MethodInfo methodInfo) => methods.All.ContainsKey(methodInfo);

    public void MethodsInspected()
    {
        // Everything was checked when the service was registered.
    }

    public void NonProxyableMemberNotification(Type type, MemberInfo memberInfo)
    {
        // Only marked members matter, and those were checked when the service was registered.
    }

    // Castle caches proxy types by hook: one for a service and its implementation.
    public override bool Equals(object? obj) =>
        obj is MarkedMethodsHook other && other.Key == Key;

    public override int GetHashCode() => Key.GetHashCode();

    private (Type Service, Type Implementation) Key => (methods.Service, methods.Implementation);
}
