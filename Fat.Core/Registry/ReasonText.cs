namespace Fat.Registry;

/// <summary>Reasons that are kept for people.</summary>
internal static class ReasonText
{
    public const int MaxLength = 1000;

    /// <summary>As much of it as is kept. A pair of surrogates is one character: half of one could not be written.</summary>
    public static string? Cut(string? reason)
    {
        if (reason is not { Length: > MaxLength })
            return reason;
        return reason[..(char.IsHighSurrogate(reason[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];
    }
}
