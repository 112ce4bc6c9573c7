namespace Fat.Docs.Tests;

/// <summary>What a document links to in the repository is there, heading included.</summary>
public sealed class LinkTests
{
    public static TheoryData<string> Every() => Documents.Of(Documents.All);

    [Theory]
    [MemberData(nameof(Every))]
    public void Every_relative_link_leads_somewhere(string document)
    {
        var broken = MarkdownText.Links(document)
            .Where(link => !link.Target.Contains(':', StringComparison.Ordinal) && Problem(document, link.Target) is not null)
            .Select(link => $"{document}({link.Line}): {link.Target}: {Problem(document, link.Target)}");

        Assert.Empty(broken);
    }

    [Theory]
    [InlineData("`commit`: the price of atomicity", "commit-the-price-of-atomicity")]
    [InlineData("In doubt: what to do", "in-doubt-what-to-do")]
    [InlineData("A root answered 500 `urn:fat:in-doubt`", "a-root-answered-500-urnfatin-doubt")]
    [InlineData("悬而未决：怎么办", "悬而未决怎么办")]
    [InlineData("Redis 不可用", "redis-不可用")]
    [InlineData("See [the table](databases.md)", "see-the-table")]
    public void Anchors_are_those_of_GitHub(string heading, string anchor) => Assert.Equal(anchor, MarkdownText.Anchor(heading));

    [Theory]
    [InlineData("docs/nothing.md")]
    [InlineData("docs/Protocol.md")]
    [InlineData("#no-such-heading")]
    [InlineData("docs/protocol.md#no-such-heading")]
    [InlineData("../outside.md")]
    public void A_link_that_leads_nowhere_is_noticed(string target) => Assert.NotNull(Problem("README.md", target));

    [Fact]
    public void Links_are_found() => Assert.True(MarkdownText.Links("README.md").Count() > 30);

    private static string? Problem(string document, string target)
    {
        var (path, anchor) = target.Split('#', 2) is [var before, var after] ? (before, after) : (target, null);
        var file = path.Length == 0 ? document : Resolved(document, path);
        if (file is null || !IsThere(file))
            return "there is no such file.";
        return anchor is null || !file.EndsWith(".md", StringComparison.Ordinal) || MarkdownText.Anchors(file).Contains(Uri.UnescapeDataString(anchor)) ? null : "there is no such heading.";
    }

    /// <summary>The path from the root of the repository; null outside of it.</summary>
    private static string? Resolved(string document, string path)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, document))!;
        var relative = Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(folder, path)));
        return relative.StartsWith("..", StringComparison.Ordinal) ? null : relative;
    }

    /// <summary>By exact names, on file systems that do not care as well.</summary>
    private static bool IsThere(string file)
    {
        var folder = Repository.Root;
        foreach (var part in file.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            if (part != "." && !Directory.EnumerateFileSystemEntries(folder).Any(entry => Path.GetFileName(entry) == part))
                return false;
            folder = Path.Combine(folder, part);
        }

        return true;
    }
}
