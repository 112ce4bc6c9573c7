using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Fat.Analyzers;

/// <summary>FAT008: <c>[FatServiceRegister]</c> on endpoints of an application that does not call <c>app.UseFat()</c>.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class PipelineAnalyzer : FatAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.ScopelessEndpointRule);

    private protected override void Register(CompilationStartAnalysisContext context, FatSymbols symbols)
    {
        if (Pipeline.IsBuiltHere(symbols.Compilation))
            new MarkedEndpoints(method => Mark(method, symbols), (endpoint, stop) => Judge(endpoint, symbols, stop)).Register(context);
    }

    /// <summary>Of what stands on a class, ASP.NET Core tells only for controllers.</summary>
    private static AttributeData? Mark(IMethodSymbol method, FatSymbols symbols) =>
        symbols.OwnServiceRegister(method) ?? (Endpoints.IsAction(method) ? symbols.ServiceRegisterOn(method.ContainingType) : null);

    private static Diagnostic? Judge(MarkedEndpoint endpoint, FatSymbols symbols, CancellationToken cancellationToken) =>
        Endpoints.IsPage(endpoint.Method) || symbols.Pipeline(cancellationToken).BeginsScopes ? null : Diagnostic.Create(Rules.ScopelessEndpointRule, endpoint.Location, endpoint.Name);
}
