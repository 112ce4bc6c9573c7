using System.Text.Json;
using System.Text.RegularExpressions;

namespace Fat.Docs.Tests;

/// <summary>No block of a document escapes the tests that are there for its language.</summary>
public sealed partial class BlockTests
{
    public static TheoryData<string> Every() => Documents.Of(Documents.All);

    [Theory]
    [MemberData(nameof(Every))]
    public void Code_is_marked_to_be_compiled_or_run(string document)
    {
        var blocks = FencedBlock.Of(document);

        Assert.All(blocks.Where(block => IsCSharp(block.Language)), block => Assert.True((block.Marked("compile") ?? block.Marked("file")) is not null, $"{block}: <!-- compile: name --> is missing above it."));
        Assert.All(blocks.Where(block => block.Language == "sql"), block => Assert.True((block.Marked("sql") ?? block.Marked("tested")) is not null, $"{block}: <!-- sql: name --> is missing above it."));
    }

    /// <summary>Blocks that another project's tests read.</summary>
    [Fact]
    public void Who_tests_a_block_exists()
    {
        var tests = Documents.All.SelectMany(FencedBlock.Of).Select(block => block.Marked("tested")).OfType<string>().ToList();

        Assert.NotEmpty(tests);
        Assert.All(tests, path => Assert.Contains("docs/", Repository.Read(path), StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Every_mark_has_a_block(string document) =>
        Assert.Equal(Mark().Count(Repository.Read(document)), FencedBlock.Of(document).Count(block => block.Mark.Length > 0));

    /// <summary>A fence that is not closed, or not found, would take what follows out of all tests.</summary>
    [Theory]
    [MemberData(nameof(Every))]
    public void Every_fence_is_part_of_a_block(string document) =>
        Assert.Equal(Repository.Read(document).Split('\n').Count(line => line.TrimStart().StartsWith("```", StringComparison.Ordinal)), 2 * FencedBlock.Of(document).Count);

    [Theory]
    [MemberData(nameof(Every))]
    public void Json_can_be_read(string document)
    {
        foreach (var block in FencedBlock.Of(document).Where(block => block.Language == "json"))
        {
            try
            {
                using var read = JsonDocument.Parse(block.Text);
            }
            catch (JsonException problem)
            {
                Assert.Fail($"{block}: {problem.Message}");
            }
        }
    }

    private static bool IsCSharp(string language) => language.ToUpperInvariant() is "CSHARP" or "CS" or "C#";

    [GeneratedRegex("^<!-- (?:compile|sql|file|tested): ", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Mark();
}
