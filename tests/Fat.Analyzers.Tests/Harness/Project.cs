using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Fat.Analyzers.Tests.Harness;

/// <summary>A project of the application's own that another one references.</summary>
internal static class Project
{
    /// <summary>Compiled against some other version of an assembly than the one that the application has.</summary>
    public static MetadataReference Of(string code, string against)
    {
        var known = Emitted(CSharpCompilation.Create(
            against, [Parsed("[assembly: System.Reflection.AssemblyVersion(\"0.0.7.0\")] public class Known;")], Compiled.References, Compiled.Options));
        return Emitted(CSharpCompilation.Create(
            "Company", [Parsed(code), Parsed("internal static class Uses { public static object Known => new Known(); }")], [.. Compiled.References.Where(reference => !IsNamed(reference, against)), known], Compiled.Options));
    }

    private static SyntaxTree Parsed(string code) => CSharpSyntaxTree.ParseText(code, Compiled.Parsing, cancellationToken: TestContext.Current.CancellationToken);

    private static bool IsNamed(MetadataReference reference, string name) => Path.GetFileNameWithoutExtension(reference.Display) == name;

    private static PortableExecutableReference Emitted(CSharpCompilation compilation)
    {
        using var stream = new MemoryStream();
        var result = compilation.Emit(stream, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(result.Success, string.Join(Environment.NewLine, result.Diagnostics));
        return MetadataReference.CreateFromImage(stream.ToArray());
    }
}
