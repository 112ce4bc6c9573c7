using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Fat.Analyzers.Tests.Harness;

/// <summary>Compiles code as a project of the Web SDK's defaults and runs all analyzers over it.</summary>
internal static class Compiled
{
    /// <summary>What the Web SDK imports by itself (ImplicitUsings), and what the samples share.</summary>
    private static readonly string[] ImplicitUsings =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Net.Http.Json", "System.Threading",
        "System.Threading.Tasks", "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Http",
        "Microsoft.AspNetCore.Routing", "Microsoft.Extensions.Configuration", "Microsoft.Extensions.DependencyInjection",
        "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Logging",
    ];

    private static readonly Lazy<ImmutableArray<MetadataReference>> Shared = new(() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name && !name.StartsWith("Fat.Analyzers", StringComparison.Ordinal) && !name.StartsWith("xunit", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ]);

    private static readonly ImmutableArray<Type> Types =
        [.. typeof(FatAnalyzer).Assembly.GetTypes().Where(type => type.GetCustomAttribute<DiagnosticAnalyzerAttribute>() is not null)];

    public static CSharpParseOptions Parsing { get; } = new(LanguageVersion.Preview);

    public static CSharpCompilationOptions Options { get; } = new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable);

    public static ImmutableArray<MetadataReference> References => Shared.Value;

    public static string GlobalUsings { get; } = string.Concat(ImplicitUsings.Select(name => $"global using global::{name};\n"));

    /// <summary>Compilations made from it share what was read of the references.</summary>
    private static readonly Lazy<CSharpCompilation> Empty = new(() =>
    {
        var empty = CSharpCompilation.Create("Sample", [CSharpSyntaxTree.ParseText(GlobalUsings, Parsing)], References, Options);
        _ = empty.GetTypeByMetadataName("Fat.FatContext");
        return empty;
    });

    public static ImmutableArray<DiagnosticAnalyzer> Analyzers() => [.. Types.Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!)];

    /// <summary>Of one file; top-level statements make it a program.</summary>
    public static CSharpCompilation Of(string code, string path = "Sample.cs") => Of([(path, code)]);

    public static CSharpCompilation Of(IEnumerable<(string Path, string Code)> files)
    {
        var trees = files.Select(file => CSharpSyntaxTree.ParseText(file.Code, Parsing, file.Path)).ToList();
        var isProgram = trees.Exists(tree => tree.GetRoot().ChildNodes().Any(node => node.IsKind(SyntaxKind.GlobalStatement)));
        return Empty.Value.AddSyntaxTrees(trees).WithOptions(isProgram ? Options.WithOutputKind(OutputKind.ConsoleApplication) : Options);
    }

    /// <summary>What is found, in the order of the code. The code has to compile, and an analyzer that throws is found as AD0001.</summary>
    public static async Task<IReadOnlyList<Diagnostic>> FindAsync(Compilation compilation)
    {
        var errors = compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(found => found.Severity == DiagnosticSeverity.Error).Select(found => found.ToString()).ToList();
        Assert.True(errors.Count == 0, string.Join(Environment.NewLine, errors));
        var analysis = compilation.WithAnalyzers(Analyzers(), new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]), onAnalyzerException: null, concurrentAnalysis: true, logAnalyzerExecutionTime: false));
        var found = await analysis.GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        return [.. found.OrderBy(diagnostic => diagnostic.Location.SourceTree?.FilePath, StringComparer.Ordinal).ThenBy(diagnostic => diagnostic.Location.SourceSpan.Start)];
    }
}
