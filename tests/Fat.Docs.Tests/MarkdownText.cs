using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Fat.Docs.Tests;

/// <summary>Headings, their anchors, and links of a document, as GitHub sees them.</summary>
internal static partial class MarkdownText
{
    /// <summary>The level and text of each heading.</summary>
    public static IReadOnlyList<(int Level, string Text)> Headings(string document) =>
    [
        .. FencedBlock.LinesOutside(document).Select(line => Heading().Match(line)).Where(match => match.Success)
            .Select(match => (match.Groups["level"].Length, match.Groups["text"].Value)),
    ];

    /// <summary>What a link to a part of the document can name.</summary>
    public static IReadOnlySet<string> Anchors(string document)
    {
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (_, text) in Headings(document))
        {
            var anchor = Anchor(text);
            var distinct = anchor;
            for (var number = 1; !anchors.Add(distinct); number++)
                distinct = string.Create(CultureInfo.InvariantCulture, $"{anchor}-{number}");
        }

        return anchors;
    }

    /// <summary>Targets of links and pictures, with the line they stand on.</summary>
    public static IEnumerable<(int Line, string Target)> Links(string document)
    {
        var lines = FencedBlock.LinesOutside(document);
        for (var line = 0; line < lines.Length; line++)
        {
            foreach (Match link in Link().Matches(Code().Replace(lines[line], "`code`")))
                yield return (line + 1, link.Groups["target"].Value);
        }
    }

    /// <summary>A heading's anchor: its text without marks, in lower case; letters, digits, hyphens and low lines stay, a space is a hyphen.</summary>
    public static string Anchor(string heading)
    {
        var anchor = new StringBuilder();
        foreach (var rune in Link().Replace(heading, "${text}").ToLowerInvariant().EnumerateRunes())
        {
            if (rune.Value == ' ')
                anchor.Append('-');
            else if (rune.Value is '-' or '_' || Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark)
                anchor.Append(rune);
        }

        return anchor.ToString();
    }

    [GeneratedRegex(@"^(?<level>#{1,6}) +(?<text>.*?)(?: +#+)? *$", RegexOptions.NonBacktracking)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[(?<text>[^\[\]]*)\]\((?<target>[^()\s]+)\)", RegexOptions.NonBacktracking)]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]+`", RegexOptions.NonBacktracking)]
    private static partial Regex Code();
}
