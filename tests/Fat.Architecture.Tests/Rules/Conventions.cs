using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Fat.Architecture.Tests.Rules;

/// <summary>Conventions on types and their members; each returns what breaks it, a line each.</summary>
internal static class Conventions
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    /// <summary>A public class is either finished or made for inheritance.</summary>
    public static IEnumerable<string> OpenTypes(IEnumerable<Type> types) =>
        types.Where(type => type is { IsVisible: true, IsClass: true, IsSealed: false, IsAbstract: false })
            .Select(type => $"{type.FullName} is public and neither sealed, static nor abstract.");

    public static IEnumerable<string> AsyncVoids(IEnumerable<Type> types) =>
        from method in types.SelectMany(type => type.GetMethods(Declared))
        where method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute))
        select $"{Name(method)} is async void: nobody sees its failure.";

    /// <summary>Public methods that return something to await and take no token, directly or inside an argument.</summary>
    public static IEnumerable<MethodInfo> Untokened(IEnumerable<Type> types) =>
        from type in types
        where type.IsVisible
        from method in type.GetMethods(Declared)
        where (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly) && IsAwaited(method.ReturnType)
        where !IsDisposal(method) && !method.GetParameters().Any(parameter => parameter.ParameterType == typeof(CancellationToken))
        select method;

    public static IEnumerable<string> VagueNames(IEnumerable<Type> types) =>
        types.Where(type => IsVague(type.Name.Split('`')[0])).Select(type => $"{type.FullName} has a name that says nothing of what it holds.");

    /// <summary>Static state that others can change: fields that are not read-only, properties with a setter, collections in the open.</summary>
    public static IEnumerable<string> MutableStatics(IEnumerable<Type> types)
    {
        foreach (var type in types.Where(type => !IsGenerated(type)))
        {
            foreach (var field in type.GetFields(Declared).Where(field => field.IsStatic && !field.IsPrivate && !field.IsLiteral && !IsGenerated(field)))
            {
                if (!field.IsInitOnly)
                    yield return $"{type.FullName}.{field.Name} is a static field that others can set.";
                else if (IsMutable(field.FieldType))
                    yield return $"{type.FullName}.{field.Name} is a static {field.FieldType.Name} that others can change.";
            }

            foreach (var property in type.GetProperties(Declared))
            {
                if (property.SetMethod is { IsStatic: true, IsPrivate: false })
                    yield return $"{type.FullName}.{property.Name} is a static property that others can set.";
                else if (property.GetMethod is { IsStatic: true, IsPrivate: false } && IsMutable(property.PropertyType))
                    yield return $"{type.FullName}.{property.Name} is a static {property.PropertyType.Name} that others can change.";
            }
        }
    }

    public static string Name(MethodInfo method) => $"{method.DeclaringType!.FullName}.{method.Name}";

    private static bool IsAwaited(Type type)
    {
        var open = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return open == typeof(Task) || open == typeof(Task<>) || open == typeof(ValueTask) || open == typeof(ValueTask<>) || open == typeof(IAsyncEnumerable<>);
    }

    private static bool IsDisposal(MethodInfo method) => method.Name == nameof(IAsyncDisposable.DisposeAsync) && method.GetParameters().Length == 0;

    private static bool IsMutable(Type type) =>
        type.IsArray
        || typeof(IList).IsAssignableFrom(type) && !type.FullName!.StartsWith("System.Collections.Immutable", StringComparison.Ordinal) && !type.Name.StartsWith("ReadOnly", StringComparison.Ordinal)
        || typeof(IDictionary).IsAssignableFrom(type) && !type.FullName!.StartsWith("System.Collections.Immutable", StringComparison.Ordinal) && !type.Name.StartsWith("ReadOnly", StringComparison.Ordinal)
        || type.IsGenericType && type.GetGenericTypeDefinition() is { } open
            && (open == typeof(IList<>) || open == typeof(IDictionary<,>) || open == typeof(ICollection<>) || open == typeof(ISet<>) || open == typeof(HashSet<>));

    private static bool IsGenerated(MemberInfo member) =>
        member.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) || (member.DeclaringType is { } outer && IsGenerated(outer));

    private static bool IsVague(string name) =>
        Array.Exists(["Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Manager"], ending => name.EndsWith(ending, StringComparison.Ordinal));
}
