using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Fat.Analyzers;

/// <summary>FAT004: work that may outlive a <c>[FatTransaction]</c> method, or uses its connection beside it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnawaitedWorkAnalyzer : FatAnalyzer
{
    private const string Beside = "it runs beside the method, whose connection is not made for two at a time; do one after the other";
    private const string Dropped = "nobody awaits it, so it may still run when the transaction prepares; await it";

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.WorkBesideRule);

    private protected override void Register(CompilationStartAnalysisContext context, FatSymbols symbols) =>
        TransactionBody.Register(
            context,
            symbols,
            (found, method, _) => Look(found, method, symbols),
            OperationKind.Invocation,
            OperationKind.ObjectCreation,
            OperationKind.AnonymousFunction);

    private static void Look(OperationAnalysisContext context, IMethodSymbol method, FatSymbols symbols)
    {
        switch (context.Operation)
        {
            case IInvocationOperation call:
                Call(context, call, method, symbols);
                break;
            case IObjectCreationOperation made when FatSymbols.IsNamed(made.Type, "System.Threading.Thread"):
                Report(context, made, "A new thread", method, Beside);
                break;
            case IAnonymousFunctionOperation { Symbol: { IsAsync: true, ReturnsVoid: true } } lambda when !IsEventHandler(lambda):
                Report(context, lambda, "An async lambda that returns nothing", method, Dropped);
                break;
        }
    }

    private static void Call(OperationAnalysisContext context, IInvocationOperation call, IMethodSymbol method, FatSymbols symbols)
    {
        var called = call.TargetMethod;
        var name = $"{called.ContainingType?.Name}.{called.Name}";
        var dropped = Awaiting.IsDropped(call);
        if (IsParallel(called) || IsQueued(called))
            Report(context, call, name, method, Beside);
        else if (IsStarted(called) && (dropped || !Awaiting.IsAwaited(call) || IsNested(called, call, symbols)))
            Report(context, call, name, method, dropped ? Dropped : Beside, dropped && Awaiting.MayAwait(call, method) && !IsNested(called, call, symbols));
        else if (dropped && !IsStarted(called) && symbols.IsTask(called.ReturnType))
            Report(context, call, name, method, Dropped, Awaiting.MayAwait(call, method) && call.Parent is not IConditionalAccessOperation);
        else if (called is { IsAsync: true, ReturnsVoid: true })
            Report(context, call, name, method, "it is async void, so nobody can await it; let it return a Task");
    }

    private static bool IsStarted(IMethodSymbol method) =>
        (method.Name == "Run" && FatSymbols.IsNamed(method.ContainingType, "System.Threading.Tasks.Task"))
        || (method.Name == "StartNew" && method.ContainingType?.Name == "TaskFactory" && method.ContainingNamespace?.ToDisplayString() == "System.Threading.Tasks");

    private static bool IsQueued(IMethodSymbol method) =>
        method.Name is "QueueUserWorkItem" or "UnsafeQueueUserWorkItem" && FatSymbols.IsNamed(method.ContainingType, "System.Threading.ThreadPool");

    private static bool IsParallel(IMethodSymbol method) =>
        FatSymbols.IsNamed(method.ContainingType, "System.Threading.Tasks.Parallel")
        || (FatSymbols.IsNamed(method.ContainingType, "System.Linq.ParallelEnumerable") && method.Name == "AsParallel");

    /// <summary>StartNew with an asynchronous delegate gives a task of a task: awaiting it waits for the beginning only.</summary>
    private static bool IsNested(IMethodSymbol method, IInvocationOperation call, FatSymbols symbols) =>
        method.Name == "StartNew" && method.ReturnType is INamedTypeSymbol { TypeArguments.Length: 1 } type && symbols.IsTask(type.TypeArguments[0])
        && !(call.Parent is IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: "Unwrap" } });

    private static bool IsEventHandler(IOperation lambda)
    {
        var parent = lambda.Parent;
        while (parent is IDelegateCreationOperation or IConversionOperation or IParenthesizedOperation)
            parent = parent.Parent;
        return parent is IEventAssignmentOperation;
    }

    private static void Report(OperationAnalysisContext context, IOperation found, string what, IMethodSymbol method, string why, bool isFixable = false) =>
        context.ReportDiagnostic(Diagnostic.Create(
            Rules.WorkBesideRule,
            found.Syntax.GetLocation(),
            isFixable ? ImmutableDictionary<string, string?>.Empty.Add(Fix.Kind, Fix.Await) : ImmutableDictionary<string, string?>.Empty,
            what,
            method.Name,
            why));
}
