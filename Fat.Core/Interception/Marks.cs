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
            ?? implementation.DeclaringType?.GetCustomAttribute<FatServiceRegisterAttribute>(inherit: true);
        var transaction = implementation.GetCustomAttribute<FatTransactionAttribute>(inherit: true)
            ?? declaration?.GetCustomAttribute<FatTransactionAttribute>();
        return register is null && transaction is null ? null : new Marks(register, transaction);
    }
}
