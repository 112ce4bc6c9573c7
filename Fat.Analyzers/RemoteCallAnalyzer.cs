using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Fat.Analyzers;

/// <summary>FAT003: calls to other processes while a local transaction holds its locks.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RemoteCallAnalyzer : FatAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.RemoteCallInTransactionRule);

    private protected override void Register(CompilationStartAnalysisContext context, FatSymbols symbols) =>
        TransactionBody.Register(context, symbols, (found, method, mark) => Call(found, method, mark, symbols), OperationKind.Invocation);

    private static void Call(OperationAnalysisContext context, IMethodSymbol method, AttributeData mark, FatSymbols symbols)
    {
        var call = (IInvocationOperation)context.Operation;

        // A transaction that only reads locks nothing; a call that nobody awaits is FAT004's.
        if (Marks.Flag(mark, "ReadOnly") || (Awaiting.IsDropped(call) && symbols.IsTask(call.Type)) || !RemoteCalls.Is(call, symbols))
            return;
        context.ReportDiagnostic(Diagnostic.Create(Rules.RemoteCallInTransactionRule, call.Syntax.GetLocation(), $"{call.TargetMethod.ContainingType.Name}.{call.TargetMethod.Name}", method.Name));
    }
}
