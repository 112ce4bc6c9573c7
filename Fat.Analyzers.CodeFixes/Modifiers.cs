using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Fat.Analyzers.CodeFixes;

/// <summary>Adds and removes modifiers without touching what stands around them.</summary>
internal static class Modifiers
{
    /// <summary>The method with one more modifier: an accessibility first, else after the accessibility and before async.</summary>
    public static MethodDeclarationSyntax With(this MethodDeclarationSyntax method, SyntaxKind modifier)
    {
        if (method.Modifiers.Count == 0)
        {
            var leading = method.ReturnType.GetLeadingTrivia();
            return method.WithReturnType(method.ReturnType.WithLeadingTrivia())
                .WithModifiers(SyntaxFactory.TokenList(SyntaxFactory.Token(leading, modifier, SyntaxFactory.TriviaList(SyntaxFactory.Space))));
        }

        var place = method.Modifiers.TakeWhile(present => SyntaxFacts.IsAccessibilityModifier(present.Kind()) || present.IsKind(SyntaxKind.NewKeyword)).Count();
        if (modifier == SyntaxKind.ProtectedKeyword || place == 0)
        {
            var first = method.Modifiers[0];
            return method.WithModifiers(method.Modifiers
                .Replace(first, first.WithLeadingTrivia())
                .Insert(0, SyntaxFactory.Token(first.LeadingTrivia, modifier, SyntaxFactory.TriviaList(SyntaxFactory.Space))));
        }

        return method.WithModifiers(method.Modifiers.Insert(place, SyntaxFactory.Token(SyntaxFactory.TriviaList(), modifier, SyntaxFactory.TriviaList(SyntaxFactory.Space))));
    }

    /// <summary>The type without a modifier that it has.</summary>
    public static TypeDeclarationSyntax Without(this TypeDeclarationSyntax type, SyntaxKind modifier)
    {
        var removed = type.Modifiers.First(present => present.IsKind(modifier));
        var first = type.Modifiers[0] == removed;
        var left = type.WithModifiers(type.Modifiers.Remove(removed));
        return first ? (TypeDeclarationSyntax)left.WithLeadingTrivia(removed.LeadingTrivia) : (TypeDeclarationSyntax)left;
    }
}
