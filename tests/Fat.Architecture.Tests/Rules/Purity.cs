using Fat.Architecture.Tests.Reading;

namespace Fat.Architecture.Tests.Rules;

/// <summary>What pure code may use of the base library. Everything else counts as a side effect: tasks, clocks, input and output, loggers.</summary>
internal static class Purity
{
    private static readonly HashSet<string> Namespaces = new(StringComparer.Ordinal)
    {
        "System", "System.Buffers", "System.Collections", "System.Collections.Generic", "System.Collections.Immutable", "System.Diagnostics.CodeAnalysis",
        "System.Globalization", "System.Linq", "System.Numerics", "System.Runtime.CompilerServices", "System.Text",
    };

    /// <summary>The random parts of ids, and what compilers put in.</summary>
    private static readonly HashSet<string> Types = new(StringComparer.Ordinal)
    {
        "System.Security.Cryptography.RandomNumberGenerator", "System.Diagnostics.DebuggerBrowsableAttribute", "System.Diagnostics.DebuggerBrowsableState",
        "System.Runtime.InteropServices.InAttribute", "System.Runtime.InteropServices.CollectionsMarshal", "System.Runtime.InteropServices.ImmutableCollectionsMarshal", "System.Reflection.DefaultMemberAttribute",
    };

    private static readonly HashSet<string> Impure = new(StringComparer.Ordinal)
    {
        "System.TimeProvider", "System.Console", "System.Environment", "System.AppContext", "System.AppDomain", "System.GC", "System.IServiceProvider",
        "System.Random", "System.Activator", "System.Lazy`1",
        "System.Runtime.CompilerServices.ConditionalWeakTable`2",
    };

    private static readonly HashSet<string> ImpureMembers = new(StringComparer.Ordinal)
    {
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today",
        "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow", "System.Guid.NewGuid",
    };

    public static IEnumerable<string> Violations(IEnumerable<Touch> touches) =>
        touches.Where(touch => touch.From.Assembly != touch.To.Assembly && !IsPure(touch))
            .Select(touch => $"Pure code has no side effects: {touch}.");

    private static bool IsPure(Touch touch) =>
        Types.Contains(touch.To.FullName)
        || (Namespaces.Contains(touch.To.Namespace)
            && touch.To.Assembly.StartsWith("System.", StringComparison.Ordinal)
            && !Impure.Contains(touch.To.FullName)
            && !touch.To.Name.Contains("Async", StringComparison.Ordinal)
            && !ImpureMembers.Contains($"{touch.To.FullName}.{touch.Member}"));
}
