using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Fat.Docs.Tests;

/// <summary>The code that the documents show compiles as it is shown, in an ASP.NET Core project of the SDK's defaults.</summary>
public sealed class CompilationTests
{
    /// <summary>What the Web SDK imports by itself (ImplicitUsings).</summary>
    private static readonly string[] ImplicitUsings =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Net.Http.Json", "System.Threading",
        "System.Threading.Tasks", "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Http",
        "Microsoft.AspNetCore.Routing", "Microsoft.Extensions.Configuration", "Microsoft.Extensions.DependencyInjection",
        "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Logging",
    ];

    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest);

    public static TheoryData<string, string> Programs()
    {
        var programs = new TheoryData<string, string>();
        foreach (var document in Documents())
        {
            foreach (var name in MarkedBlock.Of(document).Select(block => block.Name).Distinct(StringComparer.Ordinal))
                programs.Add(document, name);
        }

        return programs;
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void It_compiles_as_shown(string document, string name)
    {
        var blocks = MarkedBlock.Of(document).Where(block => block.Name == name);

        Assert.Empty(Problems(blocks));
    }

    [Fact]
    public void The_quick_start_is_among_them()
    {
        var names = MarkedBlock.Of("README.md").Select(block => block.Name).ToHashSet(StringComparer.Ordinal);

        Assert.Contains("orders", names);
        Assert.Contains("stock", names);
    }

    [Fact]
    public void Every_mark_has_a_block()
    {
        foreach (var document in Documents())
            Assert.Equal(MarkedBlock.CountMarks(document), MarkedBlock.Of(document).Count);
    }

    [Theory]
    [InlineData("builder.Services.AddFatt();")]
    [InlineData("[FatTransaction(WaitResult = 3)] void Run() { }")]
    public void Code_that_is_out_of_date_is_noticed(string code)
    {
        var block = new MarkedBlock("here", "sample", 1, $"using Fat;\nvar builder = WebApplication.CreateBuilder(args);\n{code}\n");

        Assert.NotEmpty(Problems([block]));
    }

    private static IEnumerable<string> Documents() =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md")
            .Append(Path.Combine(Repository.Root, "README.md"))
            .Select(path => Path.GetRelativePath(Repository.Root, path))
            .Order(StringComparer.Ordinal);

    /// <summary>Errors and warnings, by the lines of the document.</summary>
    private static List<string> Problems(IEnumerable<MarkedBlock> blocks)
    {
        var usings = CSharpSyntaxTree.ParseText(string.Concat(ImplicitUsings.Select(name => $"global using global::{name};\n")), Parsing);
        var trees = blocks.Select(block => CSharpSyntaxTree.ParseText(new string('\n', block.Line - 1) + block.Code, Parsing, block.Document));
        var options = new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable);
        var compilation = CSharpCompilation.Create("Shown", trees.Append(usings), References(), options);
        return [.. compilation.GetDiagnostics()
            .Where(found => found.Severity >= DiagnosticSeverity.Warning && found.Id is not ("CS1701" or "CS1702"))
            .Select(found => found.ToString())];
    }

    /// <summary>Everything that this process runs with: the framework, ASP.NET Core, EF Core, Npgsql and Fat.</summary>
    private static ImmutableArray<MetadataReference> References() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Fat.Docs.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];
}
