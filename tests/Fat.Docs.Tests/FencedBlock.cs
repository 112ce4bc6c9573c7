using System.Text.RegularExpressions;

namespace Fat.Docs.Tests;

/// <summary>A fenced block of a document.</summary>
/// <param name="Document">The document's path.</param>
/// <param name="Mark">What the comment right above it says, as <c>compile: orders</c>; or nothing.</param>
/// <param name="Language">What stands behind the opening fence, or nothing.</param>
/// <param name="Line">The line of the document on which the text begins.</param>
/// <param name="Text">The text between the fences.</param>
internal sealed partial record FencedBlock(string Document, string Mark, string Language, int Line, string Text)
{
    public static IReadOnlyList<FencedBlock> Of(string document)
    {
        var text = Repository.Read(document);
        return [.. Fence().Matches(text).Select(match => new FencedBlock(
            document,
            match.Groups["mark"].Value,
            match.Groups["language"].Value,
            text.AsSpan(0, match.Groups["text"].Index).Count('\n') + 1,
            Unindented(match.Groups["text"].Value, match.Groups["indent"].Value)))];
    }

    /// <summary>The name in a mark of a kind; null when it is another, or none.</summary>
    public string? Marked(string kind) => Mark.StartsWith(kind + ": ", StringComparison.Ordinal) ? Mark[(kind.Length + 2)..] : null;

    /// <summary>A document's lines, of which those of fenced blocks are empty.</summary>
    public static string[] LinesOutside(string document)
    {
        var lines = Repository.Read(document).Split('\n');
        foreach (var block in Of(document))
        {
            for (var line = block.Line - 2; line < block.Line + block.Text.AsSpan().Count('\n'); line++)
                lines[line] = string.Empty;
        }

        return lines;
    }

    public override string ToString() => $"{Document}({Line})";

    private static string Unindented(string text, string indent) =>
        indent.Length == 0 ? text : string.Join('\n', text.Split('\n').Select(line => line.StartsWith(indent, StringComparison.Ordinal) ? line[indent.Length..] : line));

    [GeneratedRegex(@"(?:^<!-- (?<mark>[a-z]+: [A-Za-z0-9./-]+) -->\n+)?^(?<indent> *)```(?<language>[A-Za-z#+]*)[^\n`]*\n(?<text>.*?)^ *```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex Fence();
}
