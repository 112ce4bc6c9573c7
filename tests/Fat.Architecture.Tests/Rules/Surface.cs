using System.Reflection;
using System.Runtime.CompilerServices;
using Fat.Architecture.Tests.Reading;

namespace Fat.Architecture.Tests.Rules;

/// <summary>What one assembly may use of another: its public types, unless it is a friend.</summary>
internal static class Surface
{
    public static IEnumerable<string> Violations(IEnumerable<Touch> touches, Assembly used)
    {
        var open = used.GetExportedTypes().Select(type => type.DeclaringType ?? type).Select(type => type.FullName!).ToHashSet(StringComparer.Ordinal);
        return touches.Where(touch => touch.To.Assembly == used.GetName().Name && !open.Contains(touch.To.FullName))
            .Select(touch => $"Not public: {touch}.");
    }

    public static IEnumerable<string> Friends(Assembly assembly) =>
        assembly.GetCustomAttributes<InternalsVisibleToAttribute>().Select(friend => friend.AssemblyName.Split(',')[0]);

    public static IEnumerable<string> References(Assembly assembly, string prefix) =>
        assembly.GetReferencedAssemblies().Where(reference => reference.Name!.StartsWith(prefix, StringComparison.Ordinal))
            .Select(reference => $"{assembly.GetName().Name} references {reference.Name}.");
}
