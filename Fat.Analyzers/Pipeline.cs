using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Fat.Analyzers;

/// <summary>
/// Whether a program that sets Fat up lets it begin scopes for its endpoints. The call stands in another file than they do, so this is read from names alone, once, and only where
/// an endpoint is marked.
/// </summary>
internal sealed class Pipeline
{
    private Pipeline(bool beginsScopes) => BeginsScopes = beginsScopes;

    /// <summary>It does, or another project may do it, or the application has an adapter of its own.</summary>
    public bool BeginsScopes { get; }

    /// <summary>A program with ASP.NET Core's side of Fat, all of whose middleware is in sight: no other project that knows this side could add it.</summary>
    public static bool IsBuiltHere(Compilation compilation) =>
        compilation.Options.OutputKind is OutputKind.ConsoleApplication or OutputKind.WindowsApplication
        && compilation.GetTypeByMetadataName("Microsoft.AspNetCore.Builder.FatApplicationBuilderExtensions") is { ContainingAssembly: { } adapter }
        && !FatSymbols.IsKnownElsewhere(compilation, adapter.Name);

    public static Pipeline Of(Compilation compilation, CancellationToken cancellationToken)
    {
        var addsFat = false;
        foreach (var tree in compilation.SyntaxTrees)
        {
            foreach (var name in tree.GetRoot(cancellationToken).DescendantNodes().OfType<SimpleNameSyntax>())
            {
                if (name.Identifier.ValueText is "UseFat" or "IFatScopes")
                    return new Pipeline(beginsScopes: true);
                addsFat |= name.Identifier.ValueText == "AddFat";
            }
        }

        return new Pipeline(beginsScopes: !addsFat);
    }
}
