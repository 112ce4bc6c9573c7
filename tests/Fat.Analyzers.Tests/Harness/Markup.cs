using Microsoft.CodeAnalysis.Text;

namespace Fat.Analyzers.Tests.Harness;

/// <summary>Code in which <c>{|FAT001:…|}</c> says what is to be reported where.</summary>
internal sealed record Markup(string Code, IReadOnlyList<(string Id, TextSpan Span)> Expected)
{
    public static Markup Parse(string text)
    {
        var code = new System.Text.StringBuilder();
        var open = new Stack<(string Id, int Start)>();
        var expected = new List<(string, TextSpan)>();
        for (var i = 0; i < text.Length;)
        {
            if (string.CompareOrdinal(text, i, "{|FAT", 0, 5) == 0)
            {
                open.Push((text.Substring(i + 2, 6), code.Length));
                i += 9;
            }
            else if (string.CompareOrdinal(text, i, "|}", 0, 2) == 0)
            {
                var (id, start) = open.Pop();
                expected.Add((id, TextSpan.FromBounds(start, code.Length)));
                i += 2;
            }
            else
            {
                code.Append(text[i++]);
            }
        }

        return new Markup(code.ToString(), expected);
    }
}
