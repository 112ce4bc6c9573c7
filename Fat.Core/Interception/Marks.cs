using System.Reflection;

namespace Fat.Interception;

/// <summary>The attributes of one method.</summary>
internal sealed record Marks(FatServiceRegisterAttribute? Register, FatTransactionAttribute? Transaction)
{
    /// <summary>
    /// Looks at the implementing method first, then at the interface's, then at the classes. Null when there is no mark.
    /// </summary>
    public static Marks? Of(MethodInfo implementation, MethodInfo? declaration)
    {
        var register = implementation.GetCustomAttribute<FatServiceRegisterAttribute>(inherit: true)
            ?? declaration?.GetCustomAttribute<FatServiceRegisterAttribute>()
            ?? (IsWork(implementation, declaration) ? implementation.DeclaringType?.GetCustomAttribute<FatServiceRegisterAttribute>(inherit: true) : null);
        var transaction = implementation.GetCustomAttribute<FatTransactionAttribute>(inherit: true)
            ?? declaration?.GetCustomAttribute<FatTransactionAttribute>();
        return register is null && transaction is null ? null : new Marks(register, transaction);
    }

    /// <summary>A mark of the class is meant for its public methods. What the container and the runtime call begins no group of its own.</summary>
    private static bool IsWork(MethodInfo implementation, MethodInfo? declaration)
    {
        var called = declaration ?? implementation;
        return called is { IsPublic: true, IsSpecialName: false, Name: not (nameof(IDisposable.Dispose) or nameof(IAsyncDisposable.DisposeAsync)) }
            && implementation.GetBaseDefinition().DeclaringType != typeof(object);
    }
}
