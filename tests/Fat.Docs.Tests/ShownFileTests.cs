using System.Text.RegularExpressions;

namespace Fat.Docs.Tests;

/// <summary>What a document shows of a file of the repository is the file.</summary>
public sealed partial class ShownFileTests
{
    [Fact]
    public void The_adapters_are_shown_as_they_are_tested()
    {
        var text = Repository.Read("docs/adapters.md");
        var shown = Shown().Matches(text);

        Assert.Equal(
            ["tests/Fat.Core.Tests/Adapters/FatGrpcInterceptor.cs", "tests/Fat.Core.Tests/Adapters/StreamConsumer.cs"], shown.Select(match => match.Groups["path"].Value));
        Assert.All(shown, match => Assert.Equal(Repository.Read(match.Groups["path"].Value), match.Groups["code"].Value));
        Assert.Equal(shown.Count, Mark().Count(text));
    }

    [GeneratedRegex("<!-- file: ", RegexOptions.NonBacktracking)]
    private static partial Regex Mark();

    [GeneratedRegex(@"^<!-- file: (?<path>\S+) -->\n+```csharp\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex Shown();
}
