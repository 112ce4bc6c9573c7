using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Fat.Analyzers;

/// <summary>What ASP.NET Core calls by itself.</summary>
internal static class Endpoints
{
    /// <summary>What the method is for ASP.NET Core by its class, in words; null when it is nothing.</summary>
    public static string? Kind(IMethodSymbol method)
    {
        var type = method.ContainingType;
        if (type is null || type.TypeKind != TypeKind.Class)
            return null;
        if (IsOfController(method))
            return "a method of an MVC controller";
        return IsPage(method) ? "a method of a page model" : null;
    }

    /// <summary>The method may be a page's handler.</summary>
    public static bool IsPage(IMethodSymbol method) => FatSymbols.Derives(method.ContainingType, "Microsoft.AspNetCore.Mvc.RazorPages.PageModel");

    /// <summary>The method is an action, whatever it carries itself.</summary>
    public static bool IsAction(IMethodSymbol method) =>
        method is { MethodKind: MethodKind.Ordinary, DeclaredAccessibility: Accessibility.Public, IsStatic: false, ContainingType.TypeKind: TypeKind.Class } && IsOfController(method)
        && !method.GetAttributes().Any(attribute => FatSymbols.IsNamed(attribute.AttributeClass, "Microsoft.AspNetCore.Mvc.NonActionAttribute"));

    private static bool IsOfController(IMethodSymbol method) => FatSymbols.Derives(method.ContainingType, "Microsoft.AspNetCore.Mvc.ControllerBase") || IsRouted(method);

    /// <summary>A controller need not derive from anything; then its action says so by its route.</summary>
    private static bool IsRouted(IMethodSymbol method) => method.GetAttributes().Any(attribute => FatSymbols.Derives(attribute.AttributeClass, "Microsoft.AspNetCore.Mvc.Routing.HttpMethodAttribute"));

    /// <summary>The function is handed to MapGet, MapPost and the like.</summary>
    public static bool IsHandler(IOperation function)
    {
        if (function is ILocalFunctionOperation local)
            return IsMapped(local);
        for (var ancestor = function.Parent; ancestor is IConversionOperation or IDelegateCreationOperation or IArgumentOperation or IParenthesizedOperation; ancestor = ancestor.Parent)
        {
            if (ancestor is IArgumentOperation { Parent: IInvocationOperation call })
                return Maps(call);
        }

        return false;
    }

    /// <summary>The call maps an endpoint.</summary>
    public static bool Maps(IInvocationOperation call) =>
        call.TargetMethod.Name.StartsWith("Map", StringComparison.Ordinal)
        && FatSymbols.IsNamed(call.TargetMethod.ContainingType, "Microsoft.AspNetCore.Builder.EndpointRouteBuilderExtensions");

    /// <summary>A class maps its own method, as far as names tell.</summary>
    public static bool IsMappedByItsClass(IMethodSymbol method, CancellationToken cancellationToken) =>
        method.ContainingType.DeclaringSyntaxReferences
            .SelectMany(reference => reference.GetSyntax(cancellationToken).DescendantNodes().OfType<InvocationExpressionSyntax>())
            .Any(call => call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: { } name } && name.StartsWith("Map", StringComparison.Ordinal)
                && call.ArgumentList.Arguments.Any(argument => argument.Expression is IdentifierNameSyntax handler && handler.Identifier.ValueText == method.Name));

    private static bool IsMapped(ILocalFunctionOperation local)
    {
        IOperation root = local;
        while (root.Parent is { } parent)
            root = parent;
        return root.Descendants().OfType<IMethodReferenceOperation>().Any(reference => FatSymbols.Same(reference.Method, local.Symbol) && IsHandler(reference));
    }
}
