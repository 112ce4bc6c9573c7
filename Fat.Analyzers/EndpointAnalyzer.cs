using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Fat.Analyzers;

/// <summary>FAT002: <c>[FatTransaction]</c> on controllers' actions, pages' handlers, and handlers of minimal APIs.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class EndpointAnalyzer : FatAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.EndpointTransactionRule);

    private protected override void Register(CompilationStartAnalysisContext context, FatSymbols symbols) =>
        new MarkedEndpoints(symbols.OwnTransaction, static (endpoint, _) => Diagnostic.Create(Rules.EndpointTransactionRule, endpoint.Location, endpoint.Name, endpoint.Kind)).Register(context);
}
