using System.Globalization;

namespace Fat.AspNetCore.Dashboard;

/// <summary>
/// The place of a branch in its group's tree, which its id tells: <c>2.1-0a1b2c3d-1</c> is the first branch of an execution of call <c>2.1</c>, which call <c>2</c> made. The root is <c>0</c> (docs/protocol.md).
/// </summary>
internal static class ScopePath
{
    private const string Root = "0";

    /// <summary>Calls as they were numbered: <c>2</c> before <c>10</c>.</summary>
    public static IComparer<string> InOrder { get; } = Comparer<string>.Create(Compare);

    /// <summary>The call of a scope or a branch.</summary>
    public static string CallOf(string id) => id.IndexOf('-', StringComparison.Ordinal) is > 0 and var dash ? id[..dash] : id;

    /// <summary>The execution of a branch.</summary>
    public static string ScopeOf(string branch) => branch.LastIndexOf('-') is > 0 and var dash ? branch[..dash] : branch;

    /// <summary>The call that made a call; null for the root.</summary>
    public static string? ParentOf(string call)
    {
        if (call == Root)
            return null;
        return call.LastIndexOf('.') is > 0 and var dot ? call[..dot] : Root;
    }

    private static int Compare(string? one, string? other)
    {
        var (left, right) = (Numbers(one), Numbers(other));
        return left.Zip(right).Select(pair => pair.First.CompareTo(pair.Second)).FirstOrDefault(difference => difference != 0) is var first and not 0
            ? first
            : left.Count.CompareTo(right.Count);
    }

    private static List<int> Numbers(string? call) =>
        [.. (call ?? string.Empty).Split('.').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue)];
}
