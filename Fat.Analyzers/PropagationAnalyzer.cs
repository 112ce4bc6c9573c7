using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Fat.Analyzers;

/// <summary>FAT006: clients that marked methods use, registered without <c>AddFatPropagation</c>.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class PropagationAnalyzer : FatAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.NotPropagatedRule);

    private protected override void Register(CompilationStartAnalysisContext context, FatSymbols symbols)
    {
        // Another project may set it up for all clients, as with ConfigureHttpClientDefaults.
        if (!FatSymbols.IsKnownElsewhere(symbols.Compilation, "Fat.Refit"))
            context.RegisterOperationAction(found => Registration(found, symbols), OperationKind.Invocation);
    }

    private static void Registration(OperationAnalysisContext context, FatSymbols symbols)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod.Name is not ("AddHttpClient" or "AddRefitClient" or "AddRestEaseClient") || call.TargetMethod.TypeArguments.IsEmpty
            || call.TargetMethod.ReturnType.Name != "IHttpClientBuilder" || call.Syntax is not InvocationExpressionSyntax registration || !IsComplete(call, registration))
            return;
        var clients = symbols.Clients(context.CancellationToken);
        var names = call.TargetMethod.TypeArguments.Select(type => type.Name).ToList();
        if (!clients.AddsFat || !names.Exists(clients.IsUsedByMarked) || names.Exists(clients.IsPropagated))
            return;
        var name = registration.Expression.DescendantNodesAndSelf().OfType<GenericNameSyntax>().LastOrDefault(generic => generic.Identifier.ValueText == call.TargetMethod.Name);
        context.ReportDiagnostic(Diagnostic.Create(
            Rules.NotPropagatedRule,
            (name ?? registration.Expression).GetLocation(),
            ImmutableDictionary<string, string?>.Empty.Add(Fix.Kind, Fix.Propagate),
            names[0]));
    }

    /// <summary>The whole registration is in sight, nothing in it can be a propagation by another name, and it calls no stranger.</summary>
    private static bool IsComplete(IInvocationOperation call, InvocationExpressionSyntax registration)
    {
        SyntaxNode whole = registration;
        IOperation operation = call;
        while (whole.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax next } access && access.Expression == whole)
        {
            whole = next;
            operation = operation.Parent is IArgumentOperation { Parent: IInvocationOperation outer } ? outer : operation;
            if (operation is not IInvocationOperation { TargetMethod.ContainingAssembly.Name: { } assembly } || !IsOfTheFramework(assembly))
                return false;
        }

        return whole.Parent is ExpressionStatementSyntax or MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Services" } or ArrowExpressionClauseSyntax or LambdaExpressionSyntax
            && !whole.DescendantNodes().OfType<LiteralExpressionSyntax>().Any(literal => literal.Token.Value is string address && IsStranger(address));
    }

    private static bool IsOfTheFramework(string assembly) =>
        assembly.StartsWith("Microsoft.", StringComparison.Ordinal) || assembly.StartsWith("System.", StringComparison.Ordinal) || assembly.StartsWith("Polly", StringComparison.Ordinal);

    /// <summary>A public address: the group is nothing that it should be told.</summary>
    private static bool IsStranger(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.HostNameType == UriHostNameType.Dns && uri.Host.Contains('.')
        && !Array.Exists(Inside, suffix => uri.Host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase));

    private static readonly string[] Inside = [".local", ".internal", ".localhost", ".svc", ".lan", ".test", ".intranet", ".corp", ".home"];
}
