using System.Collections.Immutable;
using Fat.Analyzers.Counting;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Fat.Analyzers;

/// <summary>FAT005: declared counts that no way through the code can meet.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CountAnalyzer : FatAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.WrongCountRule);

    private protected override void Register(CompilationStartAnalysisContext context, FatSymbols symbols)
    {
        context.RegisterOperationBlockAction(found =>
        {
            if (found.OwningSymbol is IMethodSymbol method && Body(found.OperationBlocks) is { } body)
                Look(method, body, symbols, found.ReportDiagnostic, found.CancellationToken);
        });
        context.RegisterOperationAction(
            found =>
            {
                var (function, body) = found.Operation is ILocalFunctionOperation local ? (local.Symbol, local.Body) : Lambda((IAnonymousFunctionOperation)found.Operation);
                if (body is not null)
                    Look(function, body, symbols, found.ReportDiagnostic, found.CancellationToken);
            },
            OperationKind.LocalFunction,
            OperationKind.AnonymousFunction);
    }

    private static (IMethodSymbol Function, IBlockOperation? Body) Lambda(IAnonymousFunctionOperation lambda) => (lambda.Symbol, lambda.Body);

    private static IOperation? Body(ImmutableArray<IOperation> blocks) => blocks.FirstOrDefault(block => block is IBlockOperation);

    private static void Look(IMethodSymbol method, IOperation body, FatSymbols symbols, Action<Diagnostic> report, CancellationToken cancellationToken)
    {
        // Where the mark stands elsewhere, it is not this code that has to agree with it.
        if (method.GetAttributes().FirstOrDefault(mark => FatSymbols.Same(mark.AttributeClass, symbols.ServiceRegister)) is not { } declared
            || declared.ApplicationSyntaxReference?.GetSyntax(cancellationToken) is not AttributeSyntax { ArgumentList.Arguments: { } arguments })
            return;
        var services = Marks.Number(declared, "ServiceCount");
        var transactions = Marks.Number(declared, "LocalTransactionCount");
        if (services is null or < 0 && transactions is null or < 0)
            return;
        var own = symbols.TransactionOf(method);
        var start = own is null ? Calls.None : new Calls(new CallRange(0, 0), new CallRange(1, 1));
        if (new CallCounter(new CallSorter(symbols, own, cancellationToken), cancellationToken).Count(body, start) is not { Count: > 0 } ends)
            return;
        Compare("ServiceCount", "to other services", services, ends.Select(end => end.Services).ToList(), arguments, report);
        Compare("LocalTransactionCount", "of [FatTransaction] methods", transactions, ends.Select(end => end.Transactions).ToList(), arguments, report);
    }

    private static void Compare(string name, string what, int? declared, List<CallRange> ends, SeparatedSyntaxList<AttributeArgumentSyntax> arguments, Action<Diagnostic> report)
    {
        if (declared is not >= 0 || ends.Exists(end => end.Contains(declared.Value)) || arguments.FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == name) is not { } argument)
            return;

        // A way that does nothing at all is the refusal of the request.
        var working = ends.Where(end => end.Most > 0).DefaultIfEmpty(ends[0]).ToList();
        var least = working.Min(end => end.Least);
        var most = working.Max(end => end.Most);
        var properties = least == most
            ? ImmutableDictionary<string, string?>.Empty.Add(Fix.Kind, Fix.SetCount).Add(Fix.Number, least.ToString(System.Globalization.CultureInfo.InvariantCulture))
            : ImmutableDictionary<string, string?>.Empty;
        var made = least == most ? $"{least}" : declared < least ? $"at least {least}" : $"at most {most}";
        report(Diagnostic.Create(Rules.WrongCountRule, argument.GetLocation(), properties, name, $"{declared} calls {what}", made));
    }
}
