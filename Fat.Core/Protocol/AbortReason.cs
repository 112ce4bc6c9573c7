namespace Fat.Protocol;

/// <summary>Why a group rolls back: the first failure, wherever it happened.</summary>
internal sealed record AbortReason(string Service, string Method, string Reason)
{
    /// <summary>Reasons travel in reply fields; longer ones are cut so that the field stays within its limit.</summary>
    public const int MaxLength = 1000;

    public static AbortReason Of(string service, string method, string reason) =>
        new(Cut(service, FatName.MaxLength), Cut(method, 200), Cut(reason, MaxLength));

    /// <summary>The same with a reason of at most so many characters.</summary>
    public AbortReason Shortened(int length) => this with { Reason = Cut(Reason, length) };

    /// <summary>A pair of surrogates is one character: half of one could not be written.</summary>
    private static string Cut(string text, int length)
    {
        if (text.Length <= length)
            return text;
        var end = char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1;
        return string.Concat(text.AsSpan(0, end), "…");
    }
}
