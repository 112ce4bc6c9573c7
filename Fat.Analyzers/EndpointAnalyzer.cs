using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Fat.Analyzers;

/// <summary>FAT002: <c>[FatTransaction]</c> on controllers' actions, pages' handlers, and handlers of minimal APIs.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class EndpointAnalyzer : FatAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.EndpointTransactionRule);

    private protected override void Register(CompilationStartAnalysisContext context, FatSymbols symbols)
    {
        context.RegisterSymbolAction(found => Method(found, symbols), SymbolKind.Method);
        context.RegisterOperationAction(found => Function(found, symbols), OperationKind.LocalFunction, OperationKind.AnonymousFunction);
        context.RegisterOperationAction(found => MethodGroup(found, symbols), OperationKind.MethodReference);
    }

    private static void Method(SymbolAnalysisContext context, FatSymbols symbols)
    {
        var method = (IMethodSymbol)context.Symbol;
        if (symbols.OwnTransaction(method) is not { } mark || Endpoints.Kind(method) is not { } kind)
            return;

        // An inherited mark stands in another file; the override is what can be seen here.
        var syntax = mark.ApplicationSyntaxReference;
        var location = syntax is not null && method.DeclaringSyntaxReferences.Any(declared => declared.SyntaxTree == syntax.SyntaxTree && declared.Span.Contains(syntax.Span))
            ? syntax.GetSyntax(context.CancellationToken).GetLocation()
            : method.Locations[0];
        context.ReportDiagnostic(Diagnostic.Create(Rules.EndpointTransactionRule, location, method.Name, kind));
    }

    private static void Function(OperationAnalysisContext context, FatSymbols symbols)
    {
        var function = context.Operation is ILocalFunctionOperation local ? local.Symbol : ((IAnonymousFunctionOperation)context.Operation).Symbol;
        if (symbols.OwnTransaction(function) is { } mark && Endpoints.IsHandler(context.Operation))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rules.EndpointTransactionRule, Marks.Location(mark, context.Operation, context.CancellationToken), context.Operation is ILocalFunctionOperation ? function.Name : "lambda", "an endpoint's handler"));
        }
    }

    private static void MethodGroup(OperationAnalysisContext context, FatSymbols symbols)
    {
        var reference = (IMethodReferenceOperation)context.Operation;

        // Through an interface the handler is the proxy's method, and local functions are looked at where they stand.
        if (reference.Method.MethodKind == MethodKind.Ordinary && reference.Method.ContainingType.TypeKind == TypeKind.Class
            && symbols.OwnTransaction(reference.Method) is not null && Endpoints.IsHandler(reference))
            context.ReportDiagnostic(Diagnostic.Create(Rules.EndpointTransactionRule, reference.Syntax.GetLocation(), reference.Method.Name, "an endpoint's handler"));
    }
}
