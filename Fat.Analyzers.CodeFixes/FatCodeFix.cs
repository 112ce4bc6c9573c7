using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Fat.Analyzers.CodeFixes;

/// <summary>A fix that changes the file of its diagnostic, and nothing else.</summary>
public abstract class FatCodeFix : CodeFixProvider
{
    private protected FatCodeFix()
    {
    }

    /// <inheritdoc />
    public sealed override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc />
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root)
            return;
        foreach (var diagnostic in context.Diagnostics)
        {
            // The analyzer says which change is safe; where it says nothing, none is.
            if (!diagnostic.Properties.TryGetValue(Fix.Kind, out var kind) || kind is null)
                continue;
            var node = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            if (Change(root, node, diagnostic) is not var (title, changed))
                continue;
            context.RegisterCodeFix(
                CodeAction.Create(title, _ => Task.FromResult(context.Document.WithSyntaxRoot(changed)), $"{diagnostic.Id}.{kind}"),
                diagnostic);
        }
    }

    /// <summary>The title and the changed file; null when the code is not of the expected form.</summary>
    private protected abstract (string Title, SyntaxNode Changed)? Change(SyntaxNode root, SyntaxNode node, Diagnostic diagnostic);
}
