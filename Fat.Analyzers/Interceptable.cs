using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Fat.Analyzers;

/// <summary>What Fat.Core's proxies can intercept, as Interception/MarkedMethods.cs has it.</summary>
internal static class Interceptable
{
    /// <summary>Why no registration whatever lets a proxy intercept the method, and which change is right; null when one may.</summary>
    public static (string Reason, string? Fix)? WhyNever(IMethodSymbol method, FatSymbols symbols, CancellationToken cancellationToken)
    {
        if (method.IsStatic)
            return ("it is static", null);
        var type = method.ContainingType;
        if (type.TypeKind == TypeKind.Struct)
            return ("it belongs to a struct, which is no service", null);
        return Unreachable(method, type, symbols) ?? Misshapen(method, symbols, cancellationToken);
    }

    /// <summary>A class proxy overrides the method.</summary>
    public static bool IsOverridable(IMethodSymbol method) =>
        (method.IsVirtual || method.IsAbstract || method.IsOverride) && !method.IsSealed && !method.ContainingType.IsSealed
        && method.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal;

    private static (string Reason, string? Fix)? Unreachable(IMethodSymbol method, INamedTypeSymbol type, FatSymbols symbols)
    {
        if (type.TypeKind == TypeKind.Interface || IsOverridable(method) || !FatSymbols.Implemented(method).IsEmpty)
            return null;

        // Derived classes of other projects are not seen: a class that is made for them is left alone.
        if (!type.IsSealed && method.DeclaredAccessibility == Accessibility.Public && (type.IsAbstract || symbols.Source.IsImplementationInDerived(method)))
            return null;
        if (method.IsOverride && method.IsSealed)
            return ("it is a sealed override that no interface has", null);
        var fix = type.AllInterfaces.IsEmpty && !method.IsOverride ? method.DeclaredAccessibility switch
        {
            _ when type.IsSealed => method.DeclaredAccessibility == Accessibility.Public ? Fix.Unseal : null,
            Accessibility.Private => Fix.MakeProtectedVirtual,
            Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal => Fix.MakeVirtual,
            _ => null,
        } : null;
        return method.DeclaredAccessibility switch
        {
            Accessibility.Private => ("it is private; make it protected or public virtual, or a member of the service's interface", fix),
            Accessibility.Internal or Accessibility.ProtectedAndInternal => ("it is internal; make it public virtual, or a member of the service's interface", fix),
            _ when type.IsSealed => ($"no interface has it and {type.Name} is sealed; add it to the service's interface, or unseal the class and make the method virtual", fix),
            _ => ("it is not virtual and no interface has it; make it virtual, or add it to the service's interface", fix),
        };
    }

    private static (string Reason, string? Fix)? Misshapen(IMethodSymbol method, FatSymbols symbols, CancellationToken cancellationToken)
    {
        if (method.Parameters.FirstOrDefault(parameter => parameter.RefKind != RefKind.None) is { } carried)
            return ($"its parameter '{carried.Name}' is ref, in or out, which cannot be carried over to a branch worker; return the value instead", null);
        if (method.ReturnsByRef || method.ReturnsByRefReadonly)
            return ("it returns a reference, which cannot be carried over from a branch worker", null);
        var changeable = !method.IsOverride && FatSymbols.Implemented(method).IsEmpty;
        if (method.IsAsync && method.ReturnsVoid)
            return ("it is async void, so its transaction ends at the first await; return a Task", changeable ? Fix.ReturnTask : null);
        if (IsIterator(method, cancellationToken))
            return ("it is an iterator, whose body runs after its transaction has ended; return a list", null);
        if (method.IsGenericMethod && symbols.OwnTransaction(method) is { } mark && Marks.Flag(mark, "Replay"))
            return ("it is generic and cannot be replayed, because the journal does not know its types; take Replay away", Fix.RemoveReplay);
        return null;
    }

    private static bool IsIterator(IMethodSymbol method, CancellationToken cancellationToken) =>
        method.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax(cancellationToken)
            .DescendantNodes(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))
            .Any(node => node.IsKind(SyntaxKind.YieldReturnStatement) || node.IsKind(SyntaxKind.YieldBreakStatement)));
}
