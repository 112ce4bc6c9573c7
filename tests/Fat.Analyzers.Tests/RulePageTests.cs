using Fat.Analyzers.Tests.Harness;
using Fat.Docs.Tests;

namespace Fat.Analyzers.Tests;

/// <summary>docs/analyzers.md: what it shows as wrong is reported, and what it shows as right is not.</summary>
public sealed class RulePageTests
{
    private const string Page = "docs/analyzers.md";

    [Theory]
    [InlineData("FAT001", "interception")]
    [InlineData("FAT002", "endpoint")]
    [InlineData("FAT003", "remote-call")]
    [InlineData("FAT004", "unawaited")]
    [InlineData("FAT005", "count")]
    [InlineData("FAT006", "propagation")]
    [InlineData("FAT007", "self-call")]
    [InlineData("FAT008", "pipeline")]
    public async Task Its_examples_are_true(string id, string name)
    {
        var before = await FoundAsync($"{name}-before");
        var after = await FoundAsync($"{name}-after");

        Assert.Equal([id], before.Distinct());
        Assert.Empty(after);
    }

    [Fact]
    public void Every_rule_has_a_section_with_its_severity()
    {
        var page = Repository.Read(Page);
        foreach (var rule in Compiled.Analyzers().SelectMany(analyzer => analyzer.SupportedDiagnostics))
        {
            Assert.Equal($"docs/analyzers.md#{rule.Id.ToLowerInvariant()}", rule.HelpLinkUri);
            Assert.Contains($"\n## {rule.Id}\n", page, StringComparison.Ordinal);
            Assert.Contains($"| [{rule.Id}](#{rule.Id.ToLowerInvariant()}) | {rule.DefaultSeverity} |", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_rule_is_in_the_list_of_releases()
    {
        var releases = Repository.Read("Fat.Analyzers/AnalyzerReleases.Unshipped.md") + Repository.Read("Fat.Analyzers/AnalyzerReleases.Shipped.md");
        foreach (var analyzer in Compiled.Analyzers())
            Assert.Contains($"{analyzer.SupportedDiagnostics[0].Id} | Fat | {analyzer.SupportedDiagnostics[0].DefaultSeverity} | {analyzer.GetType().Name}, ", releases, StringComparison.Ordinal);
    }

    private static async Task<IEnumerable<string>> FoundAsync(string name)
    {
        var blocks = FencedBlock.Of(Page).Where(block => block.Marked("compile") == name).Select((block, number) => ($"{name}.{number}.cs", block.Text)).ToList();
        Assert.NotEmpty(blocks);
        return (await Compiled.FindAsync(Compiled.Of(blocks))).Select(found => found.Id);
    }
}
