using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Fat.Docs.Tests;

/// <summary>A program that a document shows, compiled as the Web SDK would with its defaults.</summary>
internal static class ShownProgram
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

    /// <summary>Everything that this process runs with: the framework, ASP.NET Core, EF Core, Npgsql, OpenTelemetry and Fat.</summary>
    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Fat.Docs.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    public static CSharpCompilation Compile(IEnumerable<FencedBlock> blocks, string name = "Shown")
    {
        var usings = CSharpSyntaxTree.ParseText(string.Concat(ImplicitUsings.Select(space => $"global using global::{space};\n")), Parsing);
        var trees = blocks.Select(block => CSharpSyntaxTree.ParseText(new string('\n', block.Line - 1) + block.Text, Parsing, block.Document)).ToList();
        var isProgram = trees.Exists(tree => tree.GetRoot().ChildNodes().Any(node => node.IsKind(SyntaxKind.GlobalStatement)));
        var options = new CSharpCompilationOptions(
            isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable);
        return CSharpCompilation.Create(name, trees.Append(usings), References, options);
    }
}
