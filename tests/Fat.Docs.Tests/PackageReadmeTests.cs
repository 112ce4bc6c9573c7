using System.Text.RegularExpressions;

namespace Fat.Docs.Tests;

/// <summary>The READMEs of the packages, which feeds show: their code compiles, and their links lead somewhere.</summary>
public sealed partial class PackageReadmeTests
{
    public static TheoryData<string> Documents { get; } =
        ["Fat.Core/README.md", "Fat.AspNetCore/README.md", "Fat.Refit/README.md", "tests/Fat.Testing/README.md", "templates/README.md"];

    /// <summary>Feeds would show a mark as text, so every block of code counts. The test kit's may need what this project does not have.</summary>
    [Theory]
    [InlineData("Fat.Core/README.md")]
    [InlineData("Fat.AspNetCore/README.md")]
    [InlineData("Fat.Refit/README.md")]
    public void Its_code_compiles_as_shown(string document)
    {
        var text = Repository.Read(document);
        var block = Assert.Single(Block().Matches(text));
        var line = text.AsSpan(0, block.Groups["code"].Index).Count('\n') + 1;

        Assert.Empty(CompilationTests.Problems([new FencedBlock(document, "compile: readme", "csharp", line, block.Groups["code"].Value)]));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Its_links_lead_to_files_of_the_repository(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, document))!;
        var links = Link().Matches(Repository.Read(document)).Select(link => link.Groups["path"].Value).ToList();

        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.True(File.Exists(Path.Combine(folder, link)), link));
    }

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex Block();

    [GeneratedRegex(@"\]\((?<path>\.\.[^)#]*)", RegexOptions.NonBacktracking)]
    private static partial Regex Link();
}
