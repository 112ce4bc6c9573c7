using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Fat.Analyzers.CodeFixes;

/// <summary>FAT006: appends <c>AddFatPropagation()</c> to the registration of a client.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PropagationCodeFix)), Shared]
public sealed class PropagationCodeFix : FatCodeFix
{
    /// <inheritdoc />
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(Rules.NotPropagated);

    private protected override (string Title, SyntaxNode Changed)? Change(SyntaxNode root, SyntaxNode node, Diagnostic diagnostic)
    {
        // Right behind AddHttpClient, where it is seen.
        if (node.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } registration)
            return null;
        var appended = SyntaxFactory.InvocationExpression(SyntaxFactory.MemberAccessExpression(
            SyntaxKind.SimpleMemberAccessExpression,
            registration.WithoutTrailingTrivia(),
            SyntaxFactory.Token(LineOf(registration), SyntaxKind.DotToken, SyntaxFactory.TriviaList()),
            SyntaxFactory.IdentifierName("AddFatPropagation"))).WithTrailingTrivia(registration.GetTrailingTrivia());
        return ("Append AddFatPropagation()", root.ReplaceNode(registration, appended));
    }

    /// <summary>A line of its own, one step further in than the statement.</summary>
    private static SyntaxTriviaList LineOf(InvocationExpressionSyntax registration)
    {
        var statement = registration.FirstAncestorOrSelf<StatementSyntax>() as SyntaxNode ?? registration;
        var before = statement.GetLeadingTrivia().LastOrDefault(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)).ToFullString();
        var end = registration.SyntaxTree.GetText().ToString().Contains("\r\n") ? "\r\n" : "\n";
        return SyntaxFactory.TriviaList(SyntaxFactory.EndOfLine(end), SyntaxFactory.Whitespace(before + "    "));
    }
}
