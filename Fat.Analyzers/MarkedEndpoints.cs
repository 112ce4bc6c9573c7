using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Fat.Analyzers;

/// <summary>Finds the endpoints that carry an attribute: controllers' actions, pages' handlers, and handlers of minimal APIs.</summary>
/// <param name="mark">The attribute on a method, or null.</param>
/// <param name="judge">What to say of a marked endpoint; null when it is right.</param>
internal sealed class MarkedEndpoints(Func<IMethodSymbol, AttributeData?> mark, Func<MarkedEndpoint, CancellationToken, Diagnostic?> judge)
{
    private const string Handler = "an endpoint's handler";

    public void Register(CompilationStartAnalysisContext context)
    {
        context.RegisterSymbolAction(Method, SymbolKind.Method);
        context.RegisterOperationAction(Function, OperationKind.LocalFunction, OperationKind.AnonymousFunction);
        context.RegisterOperationAction(MethodGroup, OperationKind.MethodReference);
    }

    private void Method(SymbolAnalysisContext context)
    {
        var method = (IMethodSymbol)context.Symbol;
        if (mark(method) is not { } found || Endpoints.Kind(method) is not { } kind)
            return;

        // An inherited mark stands in another file; the override is what can be seen here.
        var syntax = found.ApplicationSyntaxReference;
        var location = syntax is not null && method.DeclaringSyntaxReferences.Any(declared => declared.SyntaxTree == syntax.SyntaxTree && declared.Span.Contains(syntax.Span))
            ? syntax.GetSyntax(context.CancellationToken).GetLocation()
            : method.Locations[0];
        Say(new MarkedEndpoint(method, method.Name, kind, location), context.ReportDiagnostic, context.CancellationToken);
    }

    private void Function(OperationAnalysisContext context)
    {
        var function = context.Operation is ILocalFunctionOperation local ? local.Symbol : ((IAnonymousFunctionOperation)context.Operation).Symbol;
        if (mark(function) is { } found && Endpoints.IsHandler(context.Operation))
        {
            var name = context.Operation is ILocalFunctionOperation ? function.Name : "lambda";
            Say(new MarkedEndpoint(function, name, Handler, Marks.Location(found, context.Operation, context.CancellationToken)), context.ReportDiagnostic, context.CancellationToken);
        }
    }

    private void MethodGroup(OperationAnalysisContext context)
    {
        var reference = (IMethodReferenceOperation)context.Operation;

        // Through an interface the handler is the proxy's method, and local functions are looked at where they stand.
        if (reference.Method.MethodKind == MethodKind.Ordinary && reference.Method.ContainingType.TypeKind == TypeKind.Class
            && mark(reference.Method) is not null && Endpoints.IsHandler(reference))
            Say(new MarkedEndpoint(reference.Method, reference.Method.Name, Handler, reference.Syntax.GetLocation()), context.ReportDiagnostic, context.CancellationToken);
    }

    private void Say(MarkedEndpoint endpoint, Action<Diagnostic> report, CancellationToken cancellationToken)
    {
        if (judge(endpoint, cancellationToken) is { } diagnostic)
            report(diagnostic);
    }
}

/// <summary>An endpoint with an attribute of Fat.</summary>
internal sealed class MarkedEndpoint(IMethodSymbol method, string name, string kind, Location location)
{
    public IMethodSymbol Method => method;

    public string Name => name;

    /// <summary>What it is for ASP.NET Core, in words.</summary>
    public string Kind => kind;

    public Location Location => location;
}
