namespace Fat.Docs.Tests;

/// <summary>The documents of the repository: README.md and its neighbours, and everything under docs.</summary>
internal static class Documents
{
    /// <summary>Paths from the root of the repository, with forward slashes.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Repository.Root, "*.md"))
            .Append(Path.Combine(Repository.Root, "demo", "README.md"))
            .Append(Path.Combine(Repository.Root, "tests", "Fat.Torture", "README.md"))
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The Chinese pages.</summary>
    public static IReadOnlyList<string> Chinese { get; } = [.. All.Where(document => document.StartsWith("docs/zh/", StringComparison.Ordinal))];

    /// <summary>The English page that a Chinese one stands for: a guide, a page of docs, or README.md.</summary>
    public static string English(string chinese)
    {
        var name = chinese["docs/zh/".Length..];
        return name == "README.md" ? name : All.FirstOrDefault(document => document == $"docs/guides/{name}") ?? $"docs/{name}";
    }

    public static TheoryData<string> Of(IEnumerable<string> documents) => [.. documents];
}
