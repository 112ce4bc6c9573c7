using Microsoft.CodeAnalysis;

namespace Fat.Analyzers.Counting;

/// <summary>Types that hold nothing by which a call could leave the process or begin a local transaction, as far as constructors and fields tell.</summary>
internal sealed class InertTypes(FatSymbols symbols)
{
    private static readonly string[] Doors =
    [
        "System.Net.Http.IHttpClientFactory", "System.Net.Http.IHttpMessageHandlerFactory", "System.IServiceProvider",
        "Microsoft.Extensions.DependencyInjection.IServiceScopeFactory", "Fat.IFatScopes",
    ];

    private readonly Dictionary<ITypeSymbol, bool> _known = new(SymbolEqualityComparer.Default);

    /// <summary>Of the framework or of a driver, none of which knows services of the application.</summary>
    public static bool IsOfTheFramework(IAssemblySymbol? assembly) =>
        assembly?.Name is { } name && (name is "mscorlib" or "netstandard" or "Npgsql" or "Dapper" || name.StartsWith("System", StringComparison.Ordinal)
            || name.StartsWith("Microsoft.", StringComparison.Ordinal) || name.StartsWith("Fat.", StringComparison.Ordinal));

    public bool IsInert(ITypeSymbol? type)
    {
        switch (type)
        {
            case null or IDynamicTypeSymbol or ITypeParameterSymbol or IPointerTypeSymbol or IFunctionPointerTypeSymbol:
                return false;
            case IArrayTypeSymbol array:
                return IsInert(array.ElementType);
        }

        if (type.TypeKind == TypeKind.Delegate || RemoteCalls.IsClient(type, symbols) || Array.Exists(Doors, door => FatSymbols.IsNamed(type, door)))
            return false;
        if (IsOfTheFramework(type.ContainingAssembly) || type.TypeKind == TypeKind.Enum || FatSymbols.Derives(type, "Microsoft.EntityFrameworkCore.DbContext"))
            return true;
        if (type is not INamedTypeSymbol named || type.DeclaringSyntaxReferences.IsEmpty)
            return false;
        if (_known.TryGetValue(named, out var known))
            return known;

        // A type that comes back to itself is as inert as the rest of it.
        _known[named] = true;
        return _known[named] = named.TypeKind == TypeKind.Interface ? HasInertClasses(named) : !RemoteCalls.IsTypedClient(named, symbols) && !IsMarked(named) && HoldsInert(named);
    }

    /// <summary>What the class of a marked method holds, and what the method is given.</summary>
    public bool IsInertBut(INamedTypeSymbol type, IMethodSymbol marked) =>
        !type.DeclaringSyntaxReferences.IsEmpty && type.TypeKind == TypeKind.Class && HoldsInert(type) && marked.Parameters.All(parameter => IsInert(parameter.Type));

    private bool HasInertClasses(INamedTypeSymbol contract)
    {
        var classes = symbols.Source.Implementing(contract).ToList();
        return classes.Count > 0 && classes.TrueForAll(IsInert);
    }

    private bool IsMarked(INamedTypeSymbol type) => type.GetMembers().OfType<IMethodSymbol>().Any(method => symbols.TransactionOf(method) is not null);

    private bool HoldsInert(INamedTypeSymbol type) =>
        type.InstanceConstructors.All(constructor => constructor.Parameters.All(parameter => FatSymbols.Same(parameter.Type, type) || IsInert(parameter.Type)))
        && type.GetMembers().OfType<IFieldSymbol>().All(field => IsInert(field.Type))
        && (type.BaseType is null || type.BaseType.SpecialType is SpecialType.System_Object or SpecialType.System_ValueType or SpecialType.System_Enum || IsInert(type.BaseType));
}
