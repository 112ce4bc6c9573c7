namespace Fat.Protocol;

/// <summary>Why a group rolls back: the first failure, wherever it happened.</summary>
internal sealed record AbortReason(string Service, string Method, string Reason)
{
    /// <summary>Reasons travel in reply fields; longer ones are cut so that the field stays within its limit.</summary>
    public const int MaxLength = 1000;

    public static AbortReason Of(string service, string method, string reason) =>
        new(service, Cut(method, 200), Cut(reason, MaxLength));

    private static string Cut(string text, int length) => text.Length <= length ? text : string.Concat(text.AsSpan(0, length - 1), "…");
}
