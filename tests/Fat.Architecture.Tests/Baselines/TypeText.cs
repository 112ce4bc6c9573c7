using System.Reflection;

namespace Fat.Architecture.Tests.Baselines;

/// <summary>A type as C# writes it, with its namespace and with what may be null.</summary>
internal static class TypeText
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(char)] = "char",
        [typeof(byte)] = "byte",
        [typeof(short)] = "short",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    public static string Of(Type type, NullabilityInfo? nullability = null)
    {
        if (Nullable.GetUnderlyingType(type) is { } value)
            return Of(value) + "?";
        var mark = nullability is { ReadState: NullabilityState.Nullable } or { WriteState: NullabilityState.Nullable } && !type.IsValueType ? "?" : string.Empty;
        if (type.IsByRef)
            return "ref " + Of(type.GetElementType()!, nullability);
        if (type.IsArray)
            return Of(type.GetElementType()!, nullability?.ElementType) + "[]" + mark;
        if (type.IsGenericParameter)
            return type.Name + mark;
        if (Keywords.TryGetValue(type, out var keyword))
            return keyword + mark;
        var name = (type.DeclaringType is { } outer ? Of(outer) : type.Namespace) + "." + type.Name.Split('`')[0];
        if (!type.IsGenericType)
            return name + mark;
        var arguments = type.GetGenericArguments();
        var known = nullability?.GenericTypeArguments;
        return $"{name}<{string.Join(", ", arguments.Select((argument, i) => Of(argument, known?.Length == arguments.Length ? known[i] : null)))}>{mark}";
    }
}
