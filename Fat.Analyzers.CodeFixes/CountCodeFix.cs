using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Fat.Analyzers.CodeFixes;

/// <summary>FAT005: declares the number of calls that the code makes.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(CountCodeFix)), Shared]
public sealed class CountCodeFix : FatCodeFix
{
    /// <inheritdoc />
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(Rules.WrongCount);

    private protected override (string Title, SyntaxNode Changed)? Change(SyntaxNode root, SyntaxNode node, Diagnostic diagnostic)
    {
        if (node.FirstAncestorOrSelf<AttributeArgumentSyntax>() is not { NameEquals.Name.Identifier.ValueText: { } name } argument
            || !diagnostic.Properties.TryGetValue(Fix.Number, out var text) || !int.TryParse(text, out var number))
            return null;
        var literal = SyntaxFactory.LiteralExpression(SyntaxKind.NumericLiteralExpression, SyntaxFactory.Literal(number)).WithTriviaFrom(argument.Expression);
        return ($"Set {name} to {number}", root.ReplaceNode(argument.Expression, literal));
    }
}
