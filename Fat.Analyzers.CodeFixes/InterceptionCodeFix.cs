using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Fat.Analyzers.CodeFixes;

/// <summary>FAT001: makes a marked method one that a proxy can intercept.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(InterceptionCodeFix)), Shared]
public sealed class InterceptionCodeFix : FatCodeFix
{
    /// <inheritdoc />
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(Rules.NotIntercepted);

    private protected override (string Title, SyntaxNode Changed)? Change(SyntaxNode root, SyntaxNode node, Diagnostic diagnostic)
    {
        if (node.FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { } method)
            return null;
        return diagnostic.Properties[Fix.Kind] switch
        {
            Fix.MakeVirtual => ("Make it virtual", root.ReplaceNode(method, method.With(SyntaxKind.VirtualKeyword))),
            Fix.MakeProtectedVirtual => ("Make it protected virtual", root.ReplaceNode(method, Protected(method).With(SyntaxKind.VirtualKeyword))),
            Fix.Unseal => Unsealed(root, method),
            Fix.ReturnTask => ("Return a Task", root.ReplaceNode(method, ReturningTask(method))),
            Fix.RemoveReplay => WithoutReplay(root, method),
            _ => null,
        };
    }

    private static MethodDeclarationSyntax Protected(MethodDeclarationSyntax method)
    {
        var stated = method.Modifiers.FirstOrDefault(modifier => modifier.IsKind(SyntaxKind.PrivateKeyword));
        return stated.IsKind(SyntaxKind.PrivateKeyword)
            ? method.WithModifiers(method.Modifiers.Replace(stated, SyntaxFactory.Token(stated.LeadingTrivia, SyntaxKind.ProtectedKeyword, stated.TrailingTrivia)))
            : method.With(SyntaxKind.ProtectedKeyword);
    }

    private static (string Title, SyntaxNode Changed)? Unsealed(SyntaxNode root, MethodDeclarationSyntax method)
    {
        if (method.Parent is not TypeDeclarationSyntax type || type.Modifiers.All(modifier => !modifier.IsKind(SyntaxKind.SealedKeyword)))
            return null;
        var open = type.ReplaceNode(method, method.With(SyntaxKind.VirtualKeyword));
        return ("Unseal the class and make it virtual", root.ReplaceNode(type, open.Without(SyntaxKind.SealedKeyword)));
    }

    private static MethodDeclarationSyntax ReturningTask(MethodDeclarationSyntax method) => method.WithReturnType(
        SyntaxFactory.ParseTypeName("System.Threading.Tasks.Task").WithAdditionalAnnotations(Microsoft.CodeAnalysis.Simplification.Simplifier.Annotation).WithTriviaFrom(method.ReturnType));

    private static (string Title, SyntaxNode Changed)? WithoutReplay(SyntaxNode root, MethodDeclarationSyntax method)
    {
        var replay = method.AttributeLists.SelectMany(list => list.Attributes)
            .SelectMany(attribute => attribute.ArgumentList?.Arguments ?? default)
            .FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == "Replay");
        if (replay?.Parent is not AttributeArgumentListSyntax arguments)
            return null;
        return ("Take Replay away", arguments.Arguments.Count == 1
            ? root.RemoveNode(arguments, SyntaxRemoveOptions.KeepNoTrivia)!
            : root.RemoveNode(replay, SyntaxRemoveOptions.KeepNoTrivia)!);
    }
}
