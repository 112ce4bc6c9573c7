using System.Collections.Immutable;
using System.Reflection;
using Fat.Analyzers.CodeFixes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace Fat.Analyzers.Tests.Harness;

/// <summary>Compares what all analyzers find with what the code says that they should.</summary>
internal static class Check
{
    private static readonly ImmutableArray<Type> Fixes =
        [.. typeof(FatCodeFix).Assembly.GetTypes().Where(type => type.GetCustomAttribute<ExportCodeFixProviderAttribute>() is not null)];

    /// <summary>The marked places are reported, and nothing else.</summary>
    public static async Task<IReadOnlyList<Diagnostic>> ReportsAsync(string text)
    {
        var markup = Markup.Parse(text);
        var found = await Compiled.FindAsync(Compiled.Of(markup.Code));

        Assert.Equal(
            markup.Expected.OrderBy(place => place.Span.Start).Select(place => Line(place.Id, place.Span, markup.Code)),
            found.Select(diagnostic => Line(diagnostic.Id, diagnostic.Location.SourceSpan, markup.Code, diagnostic)));
        return found;
    }

    /// <summary>The only fix that is offered turns one text into the other, which compiles, and in which nothing is found any more.</summary>
    public static async Task FixesAsync(string before, string after)
    {
        var reported = await ReportsAsync(before);
        var (actions, document) = await OfferedAsync(Markup.Parse(before).Code, reported[0]);

        var action = Assert.Single(actions);
        var operations = await action.GetOperationsAsync(TestContext.Current.CancellationToken);
        var solution = Assert.Single(operations.OfType<ApplyChangesOperation>()).ChangedSolution;
        var text = await solution.GetDocument(document.Id)!.GetTextAsync(TestContext.Current.CancellationToken);

        Assert.Equal(after, text.ToString());
        Assert.Empty(await Compiled.FindAsync(Compiled.Of(after)));
    }

    /// <summary>It is reported, and no change is safe.</summary>
    public static async Task OffersNothingAsync(string text)
    {
        var reported = await ReportsAsync(text);

        Assert.Empty((await OfferedAsync(Markup.Parse(text).Code, reported[0])).Actions);
    }

    private static async Task<(List<CodeAction> Actions, Document Document)> OfferedAsync(string code, Diagnostic diagnostic)
    {
        using var workspace = new AdhocWorkspace();
        var project = workspace.AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Default, "Sample", "Sample", LanguageNames.CSharp,
            compilationOptions: Compiled.Options, parseOptions: Compiled.Parsing, metadataReferences: Compiled.References));
        workspace.AddDocument(project.Id, "Usings.cs", SourceText.From(Compiled.GlobalUsings));
        var document = workspace.AddDocument(project.Id, "Sample.cs", SourceText.From(code));
        var tree = await document.GetSyntaxTreeAsync(TestContext.Current.CancellationToken);
        var here = Diagnostic.Create(diagnostic.Descriptor, Location.Create(tree!, diagnostic.Location.SourceSpan), diagnostic.Properties);
        var actions = new List<CodeAction>();
        foreach (var fix in Fixes.Select(type => (CodeFixProvider)Activator.CreateInstance(type)!).Where(fix => fix.FixableDiagnosticIds.Contains(diagnostic.Id)))
            await fix.RegisterCodeFixesAsync(new CodeFixContext(document, here, (action, _) => actions.Add(action), TestContext.Current.CancellationToken));
        return (actions, document);
    }

    private static string Line(string id, TextSpan span, string code, Diagnostic? found = null) =>
        span.End <= code.Length ? $"{id} {span} {code.Substring(span.Start, Math.Min(span.Length, 60))}" : $"{id} {span} {found}";
}
