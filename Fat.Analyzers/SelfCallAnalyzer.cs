using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Fat.Analyzers;

/// <summary>FAT007: a method calls a marked method of its own object, past the proxy.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SelfCallAnalyzer : FatAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.SelfCallRule);

    private protected override void Register(CompilationStartAnalysisContext context, FatSymbols symbols) =>
        context.RegisterOperationAction(found => Call(found, symbols), OperationKind.Invocation);

    private static void Call(OperationAnalysisContext context, FatSymbols symbols)
    {
        var call = (IInvocationOperation)context.Operation;
        var called = call.TargetMethod;

        // A class proxy is the object itself, so it sees calls of what it overrides; and what no proxy can ever intercept is FAT001's.
        if (call.Instance is not IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } || Interceptable.IsOverridable(called)
            || FatSymbols.Implemented(called).IsEmpty || context.ContainingSymbol is not IMethodSymbol caller || !IsEntrance(caller) || Endpoints.Kind(caller) is not null)
            return;
        if (symbols.TransactionOf(called) is { } transaction)
        {
            // Inside a transaction of the same database a second one would join the first.
            if (symbols.TransactionOf(caller) is { } outer && Marks.Text(outer, "Database") == Marks.Text(transaction, "Database"))
                return;
            context.ReportDiagnostic(Diagnostic.Create(Rules.SelfCallRule, call.Syntax.GetLocation(), called.Name, "transaction"));
        }
        else if (symbols.OwnServiceRegister(called) is not null && symbols.ServiceRegisterOf(caller) is null && symbols.TransactionOf(caller) is null)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.SelfCallRule, call.Syntax.GetLocation(), called.Name, "scope"));
        }
    }

    /// <summary>Called from outside. What only the class itself calls may well be called inside a transaction.</summary>
    private static bool IsEntrance(IMethodSymbol caller) =>
        caller is { IsStatic: false, MethodKind: MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation } && !FatSymbols.Implemented(caller).IsEmpty;
}
