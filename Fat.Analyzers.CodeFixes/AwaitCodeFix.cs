using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Fat.Analyzers.CodeFixes;

/// <summary>FAT004: awaits a task that was dropped.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AwaitCodeFix)), Shared]
public sealed class AwaitCodeFix : FatCodeFix
{
    /// <inheritdoc />
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(Rules.WorkBeside);

    private protected override (string Title, SyntaxNode Changed)? Change(SyntaxNode root, SyntaxNode node, Diagnostic diagnostic)
    {
        if (node.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } call)
            return null;

        // "_ = Call()" becomes "await Call()" as a whole.
        SyntaxNode dropped = call.Parent is AssignmentExpressionSyntax assignment && assignment.Right == call ? assignment : call;
        var awaited = SyntaxFactory.AwaitExpression(
            SyntaxFactory.Token(SyntaxFactory.TriviaList(), SyntaxKind.AwaitKeyword, SyntaxFactory.TriviaList(SyntaxFactory.Space)),
            call.WithoutTrivia()).WithTriviaFrom(dropped);
        return ("Await it", root.ReplaceNode(dropped, awaited));
    }
}
