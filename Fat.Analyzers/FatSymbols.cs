using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Fat.Analyzers;

/// <summary>The types of one compilation that the analyzers look for. Immutable.</summary>
internal sealed class FatSymbols
{
    private readonly Lazy<SourceTypes> _source;
    private volatile ClientRegistrations? _clients;
    private volatile Pipeline? _pipeline;

    private FatSymbols(Compilation compilation, INamedTypeSymbol transaction, INamedTypeSymbol register)
    {
        Compilation = compilation;
        Transaction = transaction;
        ServiceRegister = register;
        Builder = compilation.GetTypeByMetadataName("Fat.IFatBuilder");
        HttpClient = compilation.GetTypeByMetadataName("System.Net.Http.HttpClient");
        HttpMessageInvoker = compilation.GetTypeByMetadataName("System.Net.Http.HttpMessageInvoker");
        Task = compilation.GetTypeByMetadataName("System.Threading.Tasks.Task");
        ValueTask = compilation.GetTypeByMetadataName("System.Threading.Tasks.ValueTask");
        ValueTaskOf = compilation.GetTypeByMetadataName("System.Threading.Tasks.ValueTask`1");
        _source = new Lazy<SourceTypes>(() => new SourceTypes(compilation.Assembly, this));
    }

    public Compilation Compilation { get; }

    public INamedTypeSymbol Transaction { get; }

    public INamedTypeSymbol ServiceRegister { get; }

    public INamedTypeSymbol? Builder { get; }

    public INamedTypeSymbol? HttpClient { get; }

    public INamedTypeSymbol? HttpMessageInvoker { get; }

    /// <summary>The types of the compilation itself; found when first asked for.</summary>
    public SourceTypes Source => _source.Value;

    private INamedTypeSymbol? Task { get; }

    private INamedTypeSymbol? ValueTask { get; }

    private INamedTypeSymbol? ValueTaskOf { get; }

    /// <summary>The clients that the compilation registers and uses; read when first asked for.</summary>
    public ClientRegistrations Clients(CancellationToken cancellationToken)
    {
        // Two threads may both read them: the second result is the same and is dropped.
        if (_clients is not { } known)
            _clients = known = ClientRegistrations.Of(Compilation, cancellationToken);
        return known;
    }

    /// <summary>What stands before the compilation's endpoints; read when first asked for.</summary>
    public Pipeline Pipeline(CancellationToken cancellationToken)
    {
        // As with the clients.
        if (_pipeline is not { } known)
            _pipeline = known = Analyzers.Pipeline.Of(Compilation, cancellationToken);
        return known;
    }

    /// <summary>Null where Fat is not referenced.</summary>
    public static FatSymbols? Of(Compilation compilation)
    {
        var transaction = compilation.GetTypeByMetadataName("Fat.FatTransactionAttribute");
        var register = compilation.GetTypeByMetadataName("Fat.FatServiceRegisterAttribute");
        return transaction is null || register is null ? null : new FatSymbols(compilation, transaction, register);
    }

    public bool IsTask(ITypeSymbol? type)
    {
        for (var ancestor = type; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (Same(ancestor, Task))
                return true;
        }

        return Same(type, ValueTask) || Same(type?.OriginalDefinition, ValueTaskOf);
    }

    /// <summary>The mark on the method itself, or on what it overrides.</summary>
    public AttributeData? OwnTransaction(IMethodSymbol method) => Own(method, Transaction);

    /// <summary>The mark on the method itself, or on what it overrides.</summary>
    public AttributeData? OwnServiceRegister(IMethodSymbol method) => Own(method, ServiceRegister);

    /// <summary>As the proxy finds it: on the method, on what it overrides, or on the interface's member.</summary>
    public AttributeData? TransactionOf(IMethodSymbol method) => MarkOf(method, Transaction);

    /// <summary>As the proxy finds it: on the method, on what it overrides, on the interface's member, or on the class.</summary>
    public AttributeData? ServiceRegisterOf(IMethodSymbol method) => MarkOf(method, ServiceRegister) ?? ServiceRegisterOn(method.ContainingType);

    public static bool Same(ISymbol? one, ISymbol? other) => one is not null && SymbolEqualityComparer.Default.Equals(one, other);

    public static bool Derives(ITypeSymbol? type, string metadataName)
    {
        for (var ancestor = type; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (IsNamed(ancestor, metadataName))
                return true;
        }

        return false;
    }

    public static bool IsNamed(ITypeSymbol? type, string metadataName) =>
        type is INamedTypeSymbol named && metadataName.EndsWith(named.MetadataName, StringComparison.Ordinal)
        && metadataName == $"{named.ContainingNamespace?.ToDisplayString()}.{named.MetadataName}";

    /// <summary>A referenced project of the application's own uses an assembly of Fat, in whatever version, and may call what it has.</summary>
    public static bool IsKnownElsewhere(Compilation compilation, string assembly) => compilation.SourceModule.ReferencedAssemblySymbols.Any(other =>
        !other.Name.StartsWith("Fat.", StringComparison.Ordinal)
        && other.Modules.Any(module => module.ReferencedAssemblies.Any(known => known.Name == assembly)));

    /// <summary>The members of interfaces that the method implements in its own class.</summary>
    public static ImmutableArray<IMethodSymbol> Implemented(IMethodSymbol method, INamedTypeSymbol? by = null)
    {
        if (!method.ExplicitInterfaceImplementations.IsEmpty)
            return method.ExplicitInterfaceImplementations;
        var type = by ?? method.ContainingType;
        if (type is null || method.IsStatic || type.TypeKind == TypeKind.Interface || method.DeclaredAccessibility != Accessibility.Public)
            return ImmutableArray<IMethodSymbol>.Empty;
        var found = ImmutableArray.CreateBuilder<IMethodSymbol>();
        foreach (var member in type.AllInterfaces.SelectMany(contract => contract.GetMembers(method.Name)).OfType<IMethodSymbol>())
        {
            if (Same(Implementation(type, member)?.OriginalDefinition, method.OriginalDefinition))
                found.Add(member);
        }

        return found.ToImmutable();
    }

    /// <summary>What runs when an interface's member is called on an object of the class: where a base class implements the interface, the last override of its method.</summary>
    public static IMethodSymbol? Implementation(INamedTypeSymbol type, ISymbol member)
    {
        if (type.FindImplementationForInterfaceMember(member) is not IMethodSymbol found)
            return null;
        for (var ancestor = type; ancestor is not null && !Same(ancestor.OriginalDefinition, found.ContainingType.OriginalDefinition); ancestor = ancestor.BaseType)
        {
            foreach (var method in ancestor.GetMembers(found.Name).OfType<IMethodSymbol>())
            {
                if (Overrides(method, found))
                    return method;
            }
        }

        return found;
    }

    private static bool Overrides(IMethodSymbol method, IMethodSymbol what)
    {
        for (var overridden = method.OverriddenMethod; overridden is not null; overridden = overridden.OverriddenMethod)
        {
            if (Same(overridden.OriginalDefinition, what.OriginalDefinition))
                return true;
        }

        return false;
    }

    private static AttributeData? Own(IMethodSymbol method, INamedTypeSymbol attribute)
    {
        for (var declared = method; declared is not null; declared = declared.OverriddenMethod)
        {
            foreach (var found in declared.GetAttributes())
            {
                if (Same(found.AttributeClass, attribute))
                    return found;
            }
        }

        return null;
    }

    private static AttributeData? MarkOf(IMethodSymbol method, INamedTypeSymbol attribute) =>
        Own(method, attribute) ?? Implemented(method).Select(member => Own(member, attribute)).FirstOrDefault(mark => mark is not null);

    /// <summary>The mark on a class or on what it derives from.</summary>
    public AttributeData? ServiceRegisterOn(INamedTypeSymbol? type)
    {
        for (var ancestor = type; ancestor is not null; ancestor = ancestor.BaseType)
        {
            foreach (var found in ancestor.GetAttributes())
            {
                if (Same(found.AttributeClass, ServiceRegister))
                    return found;
            }
        }

        return null;
    }
}
