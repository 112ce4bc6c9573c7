using System.Reflection;
using Fat.Architecture.Tests.Reading;

namespace Fat.Architecture.Tests;

/// <summary>The assemblies that are looked at, read once.</summary>
internal static class Product
{
    private static readonly Lazy<IReadOnlyCollection<Touch>> Touches = new(() => TouchReader.Read(typeof(FatContext).Assembly));
    private static readonly Lazy<IReadOnlyCollection<Touch>> OwnTouches = new(() => TouchReader.Read(typeof(Product).Assembly));

    public static Assembly Core { get; } = typeof(FatContext).Assembly;

    public static Assembly Testing { get; } = Assembly.Load("Fat.Testing");

    /// <summary>Those that use what everybody can.</summary>
    public static IReadOnlyList<Assembly> Open { get; } = [typeof(Microsoft.AspNetCore.Builder.FatApplicationBuilderExtensions).Assembly, typeof(Fat.Refit.FatPropagationHandler).Assembly];

    /// <summary>All that is shipped for others to compile against.</summary>
    public static IReadOnlyList<Assembly> All { get; } = [Core, .. Open, Testing];

    public static IEnumerable<Type> Types => All.SelectMany(assembly => assembly.GetTypes());

    public static IReadOnlyCollection<Touch> CoreTouches => Touches.Value;

    /// <summary>What the violators beside these tests touch (folder Broken), by the names of the rooms that they pretend to stand in.</summary>
    public static IReadOnlyCollection<Touch> BrokenTouches => [.. OwnTouches.Value.Where(touch =>
        touch.From.Namespace == "Broken" || touch.From.Namespace.StartsWith("Broken.", StringComparison.Ordinal))];

    /// <summary>Fails with every line, a violation each.</summary>
    public static void None(IEnumerable<string> violations)
    {
        var lines = violations.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        Assert.True(lines.Count == 0, string.Join(Environment.NewLine, lines));
    }

    public static void Same(IEnumerable<string> found, params string[] expected) =>
        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal), StringComparer.Ordinal);

    public static void Names(IEnumerable<string> violations, params string[] parts) =>
        Assert.Contains(violations, line => Array.TrueForAll(parts, part => line.Contains(part, StringComparison.Ordinal)));
}
