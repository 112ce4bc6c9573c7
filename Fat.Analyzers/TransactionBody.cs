using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Fat.Analyzers;

/// <summary>The body of a <c>[FatTransaction]</c> method, with the lambdas and local functions in it.</summary>
internal static class TransactionBody
{
    /// <summary>Calls back for the operations of these kinds in every such body.</summary>
    public static void Register(
        CompilationStartAnalysisContext context, FatSymbols symbols, Action<OperationAnalysisContext, IMethodSymbol, AttributeData> found, params OperationKind[] kinds) =>
        context.RegisterOperationBlockStartAction(block =>
        {
            if (block.OwningSymbol is IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation } method && symbols.TransactionOf(method) is { } mark)
                block.RegisterOperationAction(operation => found(operation, method, mark), kinds);
        });
}
