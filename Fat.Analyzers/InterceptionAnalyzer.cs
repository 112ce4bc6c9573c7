using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Fat.Analyzers;

/// <summary>FAT001: marked methods that no proxy can intercept, and registrations that Fat refuses.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class InterceptionAnalyzer : FatAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.NotInterceptedRule);

    private protected override void Register(CompilationStartAnalysisContext context, FatSymbols symbols)
    {
        context.RegisterSymbolAction(found => Method(found, symbols), SymbolKind.Method);
        context.RegisterOperationAction(found => Function(found, symbols), OperationKind.LocalFunction, OperationKind.AnonymousFunction);
        context.RegisterOperationAction(found => Registration(found, symbols), OperationKind.Invocation);
    }

    private static void Method(SymbolAnalysisContext context, FatSymbols symbols)
    {
        var method = (IMethodSymbol)context.Symbol;
        if (method.MethodKind is not (MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation) || symbols.OwnTransaction(method) is null || Endpoints.Kind(method) is not null)
            return;

        // FAT002 says it where it is mapped.
        if (method.IsStatic && Endpoints.IsMappedByItsClass(method, context.CancellationToken))
            return;
        if (Interceptable.WhyNever(method, symbols, context.CancellationToken) is var (reason, fix))
            context.ReportDiagnostic(Diagnostic.Create(Rules.NotInterceptedRule, method.Locations[0], Properties(fix), Name(method), reason));
    }

    private static void Function(OperationAnalysisContext context, FatSymbols symbols)
    {
        var (function, name, reason) = context.Operation switch
        {
            ILocalFunctionOperation local => (local.Symbol, local.Symbol.Name, "it is a local function"),
            IAnonymousFunctionOperation lambda => (lambda.Symbol, "lambda", "it is a lambda"),
            _ => default,
        };
        if (function is not null && symbols.OwnTransaction(function) is { } mark && !Endpoints.IsHandler(context.Operation))
            context.ReportDiagnostic(Diagnostic.Create(Rules.NotInterceptedRule, Marks.Location(mark, context.Operation, context.CancellationToken), name, reason));
    }

    private static void Registration(OperationAnalysisContext context, FatSymbols symbols)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod.Name != "AddTransactional" || !FatSymbols.Same(call.TargetMethod.ContainingType, symbols.Builder))
            return;
        var types = call.TargetMethod.TypeArguments;
        if (types.Any(type => type is not INamedTypeSymbol))
            return;
        var service = (INamedTypeSymbol)types[0];
        var implementation = (INamedTypeSymbol)types[types.Length - 1];
        if (Refusal(service, types.Length) is { } refusal)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.NotInterceptedRule, TypeLocation(call, 0), service.Name, refusal));
            return;
        }

        foreach (var method in Marked(implementation, symbols))
        {
            if (IsReached(method, service, implementation) || IsReportedWhereItStands(method, symbols, context.CancellationToken))
                continue;
            var reason = service.TypeKind == TypeKind.Interface
                ? $"it is not a member of {service.Name}; add it to the interface, or register the class itself and make the method virtual"
                : $"{implementation.Name} is registered as a class and the method is not virtual there; register the service by an interface, or make the method virtual and the class not sealed";
            context.ReportDiagnostic(Diagnostic.Create(Rules.NotInterceptedRule, TypeLocation(call, types.Length - 1), Name(method), reason));
        }
    }

    private static string? Refusal(INamedTypeSymbol service, int arguments)
    {
        if (arguments == 1 && service.TypeKind == TypeKind.Interface)
            return "it is an interface; name the class that implements it as well";
        for (var type = service; type is not null; type = type.ContainingType)
        {
            if (type.DeclaredAccessibility is Accessibility.Private or Accessibility.Protected or Accessibility.ProtectedAndInternal)
                return $"the proxy, which is in another assembly, cannot see {type.Name}; make it public";
            if (type.DeclaredAccessibility == Accessibility.Internal && !ShowsInternals(type.ContainingAssembly))
                return "the proxy is in another assembly and cannot see internal types; make it public, or add InternalsVisibleTo(\"DynamicProxyGenAssembly2\")";
        }

        return null;
    }

    private static bool ShowsInternals(IAssemblySymbol assembly) => assembly.GetAttributes().Any(attribute =>
        attribute.AttributeClass?.Name == "InternalsVisibleToAttribute" && attribute.ConstructorArguments.Length == 1
        && attribute.ConstructorArguments[0].Value is string friend && friend.Split(',')[0].Trim() == "DynamicProxyGenAssembly2");

    /// <summary>As reflection sees them: private methods of base classes are not among them, and an override stands for what it overrides.</summary>
    private static IEnumerable<IMethodSymbol> Marked(INamedTypeSymbol implementation, FatSymbols symbols)
    {
        var overridden = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        for (var type = implementation; type is not null; type = type.BaseType)
        {
            foreach (var method in type.GetMembers().OfType<IMethodSymbol>())
            {
                if (method.OverriddenMethod is { } hidden)
                    overridden.Add(hidden.OriginalDefinition);
                if (method.MethodKind is not (MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation) || overridden.Contains(method.OriginalDefinition))
                    continue;
                if (method.DeclaredAccessibility == Accessibility.Private && !FatSymbols.Same(type, implementation))
                    continue;
                if (symbols.OwnTransaction(method) is not null || symbols.OwnServiceRegister(method) is not null)
                    yield return method;
            }
        }
    }

    private static bool IsReached(IMethodSymbol method, INamedTypeSymbol service, INamedTypeSymbol implementation)
    {
        if (service.TypeKind != TypeKind.Interface)
            return Interceptable.IsOverridable(method) && !implementation.IsSealed;
        return FatSymbols.Implemented(method, implementation).Any(member =>
            FatSymbols.Same(member.ContainingType, service) || service.AllInterfaces.Any(inherited => FatSymbols.Same(member.ContainingType, inherited)));
    }

    private static bool IsReportedWhereItStands(IMethodSymbol method, FatSymbols symbols, CancellationToken cancellationToken) =>
        FatSymbols.Same(method.ContainingAssembly, symbols.Compilation.Assembly) && symbols.OwnTransaction(method) is not null
        && (Endpoints.Kind(method) is not null || Interceptable.WhyNever(method.OriginalDefinition, symbols, cancellationToken) is not null);

    private static Location TypeLocation(IInvocationOperation call, int index) =>
        call.Syntax.DescendantNodes().OfType<GenericNameSyntax>().LastOrDefault(name => name.Identifier.ValueText == "AddTransactional"
            && name.FirstAncestorOrSelf<InvocationExpressionSyntax>() == call.Syntax) is { } generic
            ? generic.TypeArgumentList.Arguments[index].GetLocation()
            : call.Syntax.GetLocation();

    private static ImmutableDictionary<string, string?> Properties(string? fix) =>
        fix is null ? ImmutableDictionary<string, string?>.Empty : ImmutableDictionary<string, string?>.Empty.Add(Fix.Kind, fix);

    private static string Name(IMethodSymbol method) => $"{method.ContainingType.Name}.{method.Name.Split('.').Last()}";
}
