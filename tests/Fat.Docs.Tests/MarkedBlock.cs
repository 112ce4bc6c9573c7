using System.Text.RegularExpressions;

namespace Fat.Docs.Tests;

/// <summary>A C# block of a document that has to compile: <c>&lt;!-- compile: name --&gt;</c> stands above it.</summary>
/// <param name="Document">The document's path.</param>
/// <param name="Name">The program that the block belongs to; blocks of one name are the files of one program.</param>
/// <param name="Line">The line of the document on which the code begins.</param>
/// <param name="Code">The code.</param>
internal sealed partial record MarkedBlock(string Document, string Name, int Line, string Code)
{
    public static IReadOnlyList<MarkedBlock> Of(string document)
    {
        var text = Repository.Read(document);
        return [.. Marked().Matches(text).Select(match => new MarkedBlock(
            document, match.Groups["name"].Value, LineOf(text, match.Groups["code"].Index), match.Groups["code"].Value))];
    }

    /// <summary>How many marks there are, whether or not a block follows them.</summary>
    public static int CountMarks(string document) => Mark().Count(Repository.Read(document));

    private static int LineOf(string text, int index) => text.AsSpan(0, index).Count('\n') + 1;

    [GeneratedRegex("<!-- compile: ", RegexOptions.NonBacktracking)]
    private static partial Regex Mark();

    [GeneratedRegex(@"^<!-- compile: (?<name>[a-z-]+) -->\n+```csharp\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex Marked();
}
