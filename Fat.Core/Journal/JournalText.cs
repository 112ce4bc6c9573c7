namespace Fat.Journal;

/// <summary>Text that others have written, such as messages of exceptions, as a table takes it.</summary>
internal static class JournalText
{
    private const int MaxLength = 2000;

    /// <summary>PostgreSQL takes neither null characters nor half of a pair of surrogates, which a cut could leave.</summary>
    public static string Of(string text)
    {
        var length = text.Length <= MaxLength ? text.Length : char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength;
        return text[..length].Replace('\0', ' ');
    }

    /// <summary>The same for a database that has no other characters.</summary>
    public static string Ascii(string text) => string.Create(text.Length, text, static (plain, from) =>
    {
        for (var at = 0; at < plain.Length; at++)
            plain[at] = char.IsAscii(from[at]) ? from[at] : '?';
    });
}
