using System.Reflection;

namespace Fat.Interception;

/// <summary>
/// Takes methods for the same that are declared as the same. Reflection tells an inherited method by the class that was asked for it, and Castle by
/// the class that declares it: they are not equal by themselves.
/// </summary>
internal sealed class DeclaredMethods : IEqualityComparer<MethodInfo>
{
    public static DeclaredMethods Comparer { get; } = new();

    public bool Equals(MethodInfo? x, MethodInfo? y) =>
        ReferenceEquals(x, y) || (x is not null && y is not null && x.DeclaringType == y.DeclaringType && x.HasSameMetadataDefinitionAs(y));

    public int GetHashCode(MethodInfo obj) => HashCode.Combine(obj.DeclaringType, obj.MetadataToken);
}
