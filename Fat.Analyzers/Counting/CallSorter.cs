using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Fat.Analyzers.Counting;

/// <summary>Says what one call adds to the counts of the scope that makes it.</summary>
internal sealed class CallSorter(FatSymbols symbols, AttributeData? surrounding, CancellationToken cancellationToken)
{
    /// <summary>A service may answer these by an endpoint without a mark, which does not count.</summary>
    private static readonly string[] Questions = ["Get", "List", "Find", "Read", "Query", "Search", "Load", "Fetch", "Is", "Has", "Can", "Count", "Check", "Show", "Look"];

    private static readonly CallRange No = new(0, 0);
    private static readonly CallRange Perhaps = new(0, 1);
    private static readonly CallRange Any = new(0, CallRange.Unlimited);

    private readonly InertTypes _inert = new(symbols);

    /// <summary>Null when what follows is not part of the group any more, or begins another.</summary>
    public Calls? Sort(IInvocationOperation call)
    {
        var method = call.TargetMethod.ReducedFrom ?? call.TargetMethod;
        if ((method.Name == "Suppress" && FatSymbols.IsNamed(method.ContainingType, "Fat.FatContext")) || FatSymbols.IsNamed(method.ContainingType, "Fat.IFatScopes"))
            return null;
        if (method.MethodKind == MethodKind.DelegateInvoke)
            return Calls.Unknown;
        if (RemoteCalls.IsBegun(method))
            return new Calls(Perhaps, No);
        if (symbols.Source.Transaction(method) is var (marked, mark))
            return call.Instance is IInstanceReferenceOperation ? Calls.Unknown : Branch(marked, mark);
        if (RemoteCalls.Is(call, symbols))
            return new Calls(Remote(call, method), No);
        return IsHarmless(call, method) ? Calls.None : Calls.Unknown;
    }

    private Calls Branch(IMethodSymbol marked, AttributeData mark)
    {
        // Inside another transaction on the same database it is no branch of its own.
        var branches = surrounding is null ? new CallRange(1, 1) : Marks.Text(surrounding, "Database") == Marks.Text(mark, "Database") ? No : Perhaps;
        return _inert.IsInertBut(marked.ContainingType, marked) ? new Calls(No, branches) : new Calls(Any, new CallRange(branches.Least, CallRange.Unlimited));
    }

    private CallRange Remote(IInvocationOperation call, IMethodSymbol method)
    {
        var client = method.ContainingType;
        if (method.IsExtensionMethod || RemoteCalls.IsClient(client, symbols) || FatSymbols.Derives(client, "Grpc.Core.ClientBase"))
            return Perhaps;
        var range = RemoteCalls.IsDeclared(method) ? new CallRange(1, 1) : TypedClientSource.Requests(Implementation(call), symbols, cancellationToken);
        var counts = symbols.Clients(cancellationToken).IsPropagated(client.Name) && !IsQuestion(method);
        return counts ? range : new CallRange(0, range.Most);
    }

    private IMethodSymbol Implementation(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (method.ContainingType.TypeKind != TypeKind.Interface)
            return method;
        var implementing = symbols.Source.Implementing(method.ContainingType).ToList();
        return implementing.Count == 1 ? FatSymbols.Implementation(implementing[0], method) ?? method : method;
    }

    private bool IsHarmless(IInvocationOperation call, IMethodSymbol method) =>
        InertTypes.IsOfTheFramework(method.ContainingAssembly)
        || (method.MethodKind is MethodKind.Ordinary && _inert.IsInert(method.ContainingType) && method.Parameters.All(parameter => _inert.IsInert(parameter.Type))
            && (call.Instance?.Type is not { } receiver || _inert.IsInert(receiver)));

    private static bool IsQuestion(IMethodSymbol method) =>
        Array.Exists(Questions, question => method.Name.StartsWith(question, StringComparison.Ordinal))
        || method.GetAttributes().Any(attribute => attribute.AttributeClass?.Name is "GetAttribute" or "HeadAttribute");
}
