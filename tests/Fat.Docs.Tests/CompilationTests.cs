using Microsoft.CodeAnalysis;

namespace Fat.Docs.Tests;

/// <summary>The code that the documents show compiles as it is shown, in an ASP.NET Core project of the SDK's defaults.</summary>
public sealed class CompilationTests
{
    public static TheoryData<string, string> Programs()
    {
        var programs = new TheoryData<string, string>();
        foreach (var document in Documents.All)
        {
            foreach (var name in FencedBlock.Of(document).Select(block => block.Marked("compile")).OfType<string>().Distinct(StringComparer.Ordinal))
                programs.Add(document, name);
        }

        return programs;
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void It_compiles_as_shown(string document, string name)
    {
        var blocks = FencedBlock.Of(document).Where(block => block.Marked("compile") == name).ToList();

        Assert.All(blocks, block => Assert.Equal("csharp", block.Language));
        Assert.Empty(Problems(blocks));
    }

    [Fact]
    public void The_quick_start_is_among_them()
    {
        var names = FencedBlock.Of("README.md").Select(block => block.Marked("compile")).ToHashSet(StringComparer.Ordinal);

        Assert.Contains("orders", names);
        Assert.Contains("stock", names);
    }

    [Theory]
    [InlineData("builder.Services.AddFatt();")]
    [InlineData("[FatTransaction(WaitResult = 3)] void Run() { }")]
    public void Code_that_is_out_of_date_is_noticed(string code)
    {
        var block = new FencedBlock("here", "compile: sample", "csharp", 1, $"using Fat;\nvar builder = WebApplication.CreateBuilder(args);\n{code}\n");

        Assert.NotEmpty(Problems([block]));
    }

    /// <summary>Errors and warnings, by the lines of the document.</summary>
    internal static List<string> Problems(IEnumerable<FencedBlock> blocks) =>
    [
        .. ShownProgram.Compile(blocks).GetDiagnostics()
            .Where(found => found.Severity >= DiagnosticSeverity.Warning && found.Id is not ("CS1701" or "CS1702"))
            .Select(found => found.ToString()),
    ];
}
