using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Fat.Protocol;

namespace Fat.Registry.Redis;

/// <summary>The value of a scope's field: instance, declared calls and transactions (<c>-</c> for none), and the name, which is any text.</summary>
internal static class RedisScopeText
{
    public static string Of(InstanceId instance, int? serviceCount, int? localTransactionCount, string name) =>
        $"{instance.Text} {Count(serviceCount)} {Count(localTransactionCount)} {name}";

    public static bool TryParse(ScopeId id, string text, string? closed, [NotNullWhen(true)] out ScopeView? scope)
    {
        scope = null;
        var parts = text.Split(' ', 4);
        if (parts.Length != 4 || !InstanceId.TryParse(parts[0], out var instance))
            return false;
        scope = new ScopeView(id, instance, parts[3], ParseCount(parts[1]), ParseCount(parts[2]), ParseClosed(closed));
        return true;
    }

    /// <summary>Two lines: the pending calls and the branches. What cannot be read has not closed (rule S6).</summary>
    private static ClosedScope? ParseClosed(string? text) =>
        text?.Split('\n') is [var calls, var branches] ? new ClosedScope(RedisText.ParseBranches(branches), RedisText.ParseCalls(calls)) : null;

    private static string Count(int? count) => count?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static int? ParseCount(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;
}
