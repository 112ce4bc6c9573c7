namespace Fat.Protocol;

/// <summary>Why a group rolls back: the first failure, wherever it happened.</summary>
internal sealed record AbortReason(string Service, string Method, string Reason)
{
    /// <summary>Reasons travel in reply fields; longer ones are cut so that the field stays within its limit.</summary>
    public const int MaxLength = 1000;

    public static AbortReason Of(string service, string method, string reason) =>
        new(service, Cut(method, 200), Cut(reason, MaxLength));

    private static string Cut(string text, int length)
    {
        if (text.Length <= length)
            return text;

        // Not between the two halves of a character.
        var kept = char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1;
        return string.Concat(text.AsSpan(0, kept), "…");
    }
}
