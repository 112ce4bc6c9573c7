namespace Fat.Docs.Tests;

/// <summary>The Chinese pages show the code of the English ones, and lead to them and back.</summary>
public sealed class TranslationTests
{
    public static TheoryData<string> Chinese() => Documents.Of(Documents.Chinese);

    public static TheoryData<string> Guides() => Documents.Of(Documents.All.Where(document => document.StartsWith("docs/guides/", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Guides))]
    public void Every_guide_is_there_in_both_languages_and_listed_in_both(string guide)
    {
        var chinese = "docs/zh/" + Path.GetFileName(guide);

        Assert.Contains(chinese, Documents.All);
        Assert.Contains(guide, MarkdownText.Links("README.md").Select(link => link.Target));
        Assert.Contains(Path.GetFileName(guide), MarkdownText.Links("docs/zh/README.md").Select(link => link.Target));
    }

    [Theory]
    [MemberData(nameof(Chinese))]
    public void Each_page_links_to_the_other(string chinese)
    {
        var english = Documents.English(chinese);

        Assert.Contains(english, Documents.All);
        Assert.Contains(chinese, Targets(english));
        Assert.Contains(english, Targets(chinese));
    }

    [Theory]
    [MemberData(nameof(Guides))]
    public void A_guide_has_the_same_blocks_and_headings_in_both_languages(string guide)
    {
        var chinese = "docs/zh/" + Path.GetFileName(guide);

        Assert.Equal(Shown(guide), Shown(chinese));
        Assert.Equal(MarkdownText.Headings(guide).Select(heading => heading.Level), MarkdownText.Headings(chinese).Select(heading => heading.Level));
        Assert.Equal(Rows(guide), Rows(chinese));
    }

    [Theory]
    [MemberData(nameof(Chinese))]
    public void A_Chinese_page_shows_no_block_that_the_English_one_does_not(string chinese)
    {
        var english = Shown(Documents.English(chinese));

        Assert.All(Shown(chinese), block => Assert.Contains(block, english));
    }

    /// <summary>Blocks with a language: the same in both. Drawings have none.</summary>
    private static List<(string Mark, string Language, string Text)> Shown(string document) =>
        [.. FencedBlock.Of(document).Where(block => block.Language.Length > 0).Select(block => (block.Mark, block.Language, block.Text))];

    /// <summary>How many cells each row of the tables has.</summary>
    private static IEnumerable<int> Rows(string document) =>
        FencedBlock.LinesOutside(document).Where(line => line.StartsWith('|')).Select(line => line.Count(letter => letter == '|'));

    /// <summary>Linked files, from the root of the repository.</summary>
    private static IEnumerable<string> Targets(string document) => MarkdownText.Links(document)
        .Select(link => link.Target.Split('#')[0])
        .Where(target => target.Length > 0 && !target.Contains(':', StringComparison.Ordinal))
        .Select(target => Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(document)!, target))).Replace('\\', '/'));
}
