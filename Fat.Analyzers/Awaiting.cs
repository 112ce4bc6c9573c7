using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Fat.Analyzers;

/// <summary>What becomes of a task.</summary>
internal static class Awaiting
{
    /// <summary>The value is a statement of its own, or assigned to a discard.</summary>
    public static bool IsDropped(IOperation value) => Consumer(value) is IExpressionStatementOperation or ISimpleAssignmentOperation { Target: IDiscardOperation };

    /// <summary>It is awaited on the spot, or is what the method itself returns, which Fat awaits.</summary>
    public static bool IsAwaited(IOperation value)
    {
        var consumer = Consumer(value);
        while (consumer is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "Unwrap" or "WaitAsync" } passing)
            consumer = Consumer(passing);
        return consumer is IAwaitOperation || (consumer is IReturnOperation && EnclosingFunction(consumer) is null);
    }

    /// <summary>An await can be put before the value where it stands.</summary>
    public static bool MayAwait(IOperation value, IMethodSymbol method)
    {
        var isAsync = EnclosingFunction(value) switch
        {
            IAnonymousFunctionOperation lambda => lambda.Symbol.IsAsync,
            ILocalFunctionOperation local => local.Symbol.IsAsync,
            _ => method.IsAsync,
        };
        return isAsync && !value.Syntax.Ancestors().Any(node => node is LockStatementSyntax or UnsafeStatementSyntax or CatchFilterClauseSyntax);
    }

    /// <summary>The innermost lambda or local function, or null in the method itself.</summary>
    private static IOperation? EnclosingFunction(IOperation value)
    {
        for (var ancestor = value.Parent; ancestor is not null; ancestor = ancestor.Parent)
        {
            if (ancestor is IAnonymousFunctionOperation or ILocalFunctionOperation)
                return ancestor;
        }

        return null;
    }

    private static IOperation? Consumer(IOperation value)
    {
        var parent = value.Parent;
        while (parent is IConversionOperation or IParenthesizedOperation or IConditionalAccessOperation or IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: "Unwrap" } })
            parent = parent.Parent;
        return parent;
    }
}
