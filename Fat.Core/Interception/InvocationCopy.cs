using System.Reflection;
using Castle.DynamicProxy;

namespace Fat.Interception;

/// <summary>
/// Copies an invocation. The intercepted method runs on another thread, and would otherwise put its return value into the
/// very invocation that the caller's thread is about to read.
/// </summary>
internal static class InvocationCopy
{
    private static readonly Func<object, object> Clone =
        typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!.CreateDelegate<Func<object, object>>();

    public static IInvocation Of(IInvocation invocation) => (IInvocation)Clone(invocation);
}
