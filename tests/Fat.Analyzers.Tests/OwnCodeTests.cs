using Fat.Analyzers.Tests.Harness;
using Fat.Docs.Tests;

namespace Fat.Analyzers.Tests;

/// <summary>The repository's own applications and documents do what the analyzers ask of others.</summary>
public sealed class OwnCodeTests
{
    public static TheoryData<string, string> Programs()
    {
        var programs = new TheoryData<string, string>();
        foreach (var document in Documents.All.Except(Documents.Chinese).Where(path => Path.GetFileName(path) != "analyzers.md"))
        {
            foreach (var name in FencedBlock.Of(document).Select(block => block.Marked("compile")).OfType<string>().Distinct(StringComparer.Ordinal))
                programs.Add(document, name);
        }

        return programs;
    }

    [Theory]
    [InlineData("demo/Orders")]
    [InlineData("demo/Stock")]
    [InlineData("demo/Accounts")]
    public async Task The_demonstration_has_no_finding(string folder)
    {
        var files = Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Select(path => (path, Repository.Read(path)));

        Assert.Empty(await Compiled.FindAsync(Compiled.Of(files)));
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task The_documents_have_no_finding(string document, string name)
    {
        var files = FencedBlock.Of(document).Where(block => block.Marked("compile") == name).Select((block, number) => ($"{document}.{number}.cs", block.Text));

        Assert.Empty(await Compiled.FindAsync(Compiled.Of(files)));
    }

    [Fact]
    public async Task A_mistake_in_the_demonstration_would_be_found()
    {
        var program = Repository.Read("demo/Stock/StockEndpoints.cs").Replace("ServiceCount = 1, LocalTransactionCount = 1", "ServiceCount = 2, LocalTransactionCount = 2", StringComparison.Ordinal);
        var files = Directory.EnumerateFiles(Path.Combine(Repository.Root, "demo/Stock"), "*.cs").Select(path => (path, path.EndsWith("StockEndpoints.cs", StringComparison.Ordinal) ? program : Repository.Read(path)));

        Assert.Equal(["FAT005", "FAT005"], (await Compiled.FindAsync(Compiled.Of(files))).Select(found => found.Id));
    }
}
