using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Fat.Interception;

/// <summary>
/// What of an argument is turned into JSON. The method gets it afterwards, so nothing in it, however deep, is used up, waited for or made by that:
/// a sequence that is no collection may come once only, or out of a database, or have no end.
/// </summary>
internal static class ArgumentJson
{
    private static readonly Type[] NotValues = [typeof(Task), typeof(ValueTask), typeof(ValueTask<>), typeof(Lazy<>), typeof(Stream), typeof(TextReader), typeof(TextWriter)];

    /// <summary>For people: where a class stands for its base, what the base has.</summary>
    public static JsonSerializerOptions Shown { get; } = With(info => Check(info, ThrowIfNotThere));

    /// <summary>For another process, which is to have all of it.</summary>
    public static JsonSerializerOptions Exact { get; } = With(info => Check(info, ThrowIfNotThere, ThrowIfLess));

    private static JsonSerializerOptions With(Action<JsonTypeInfo> modifier) => new()
    {
        // Tuples have fields.
        IncludeFields = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { modifier } },
    };

    /// <summary>Looks at each value before it is written; a type with a converter of its own is that one's matter.</summary>
    private static void Check(JsonTypeInfo info, params Action<JsonTypeInfo, object>[] checks)
    {
        if (info.Kind == JsonTypeInfoKind.None)
            return;
        var own = info.OnSerializing;
        info.OnSerializing = value =>
        {
            foreach (var check in checks)
                check(info, value);
            own?.Invoke(value);
        };
    }

    private static void ThrowIfNotThere(JsonTypeInfo info, object value)
    {
        if (value is IEnumerable ? !IsCollection(value) : IsNotValue(value.GetType()))
            throw new NotSupportedException($"{value.GetType()} is not read before the method has it: it is no collection in memory, or no value yet.");
    }

    /// <summary>Only the properties of the declared class are written, and only that class would come back. Polymorphic types say which one it is.</summary>
    private static void ThrowIfLess(JsonTypeInfo info, object value)
    {
        if (info.Kind == JsonTypeInfoKind.Object && value.GetType() != (Nullable.GetUnderlyingType(info.Type) ?? info.Type))
            throw new NotSupportedException($"{value.GetType()} stands for {info.Type}, which alone would come back ([JsonDerivedType] on it says which one it was).");
    }

    private static bool IsCollection(object value) => value is ICollection || (value is not IQueryable && value.GetType().GetInterfaces().Any(type =>
        type.IsGenericType && type.GetGenericTypeDefinition() is var definition && (definition == typeof(ICollection<>) || definition == typeof(IReadOnlyCollection<>))));

    private static bool IsNotValue(Type? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (NotValues.Contains(type.IsGenericType ? type.GetGenericTypeDefinition() : type))
                return true;
        }

        return false;
    }
}
