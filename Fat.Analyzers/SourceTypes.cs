using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Fat.Analyzers;

/// <summary>All classes that a compilation itself declares, and what they have to do with each other. Thread-safe.</summary>
internal sealed class SourceTypes
{
    private readonly FatSymbols _symbols;
    private readonly Lazy<ImmutableArray<INamedTypeSymbol>> _classes;

    public SourceTypes(IAssemblySymbol assembly, FatSymbols symbols)
    {
        _symbols = symbols;
        _classes = new Lazy<ImmutableArray<INamedTypeSymbol>>(() => Types(assembly.GlobalNamespace).Where(type => type.TypeKind == TypeKind.Class).ToImmutableArray());
    }

    /// <summary>The classes that implement an interface of this compilation; empty for an interface from elsewhere, whose classes nobody knows.</summary>
    public IEnumerable<INamedTypeSymbol> Implementing(INamedTypeSymbol contract) =>
        contract.OriginalDefinition.DeclaringSyntaxReferences.IsEmpty
            ? Enumerable.Empty<INamedTypeSymbol>()
            : _classes.Value.Where(type => !type.IsAbstract && type.AllInterfaces.Any(implemented => FatSymbols.Same(implemented.OriginalDefinition, contract.OriginalDefinition)));

    /// <summary>Whether a class that derives from the method's maps it to a member of an interface.</summary>
    public bool IsImplementationInDerived(IMethodSymbol method) =>
        _classes.Value.Any(type => Derives(type, method.ContainingType) && !FatSymbols.Implemented(method, type).IsEmpty);

    /// <summary>The mark of the only method that a call of an interface's member can mean here; null when there is none or nobody can tell.</summary>
    public (IMethodSymbol Method, AttributeData Mark)? Transaction(IMethodSymbol called)
    {
        var candidates = called.ContainingType?.TypeKind == TypeKind.Interface
            ? Implementing(called.ContainingType).Select(type => Implementation(type, called)).ToList()
            : new List<IMethodSymbol?> { called };
        if (candidates.Count == 0 && _symbols.TransactionOf(called) is { } declared)
            return (called, declared);
        return candidates.Count == 1 && candidates[0] is { } only && _symbols.TransactionOf(only) is { } mark ? (only, mark) : null;
    }

    private static IMethodSymbol? Implementation(INamedTypeSymbol type, IMethodSymbol called)
    {
        foreach (var contract in type.AllInterfaces.Where(implemented => FatSymbols.Same(implemented.OriginalDefinition, called.ContainingType.OriginalDefinition)))
        {
            foreach (var member in contract.GetMembers(called.Name).Where(member => FatSymbols.Same(member.OriginalDefinition, called.OriginalDefinition)))
                return FatSymbols.Implementation(type, member);
        }

        return null;
    }

    private static bool Derives(INamedTypeSymbol type, INamedTypeSymbol from)
    {
        for (var ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (FatSymbols.Same(ancestor.OriginalDefinition, from.OriginalDefinition))
                return true;
        }

        return false;
    }

    private static IEnumerable<INamedTypeSymbol> Types(INamespaceOrTypeSymbol container)
    {
        foreach (var member in container.GetMembers().OfType<INamespaceOrTypeSymbol>())
        {
            if (member is INamedTypeSymbol type)
                yield return type;
            foreach (var inner in Types(member))
                yield return inner;
        }
    }
}
