using System.Buffers;

namespace Fat.Protocol;

/// <summary>The alphabet of the random parts of ids.</summary>
internal static class LowerHex
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    public static bool IsLowerHex(this ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Digits);

    public static bool IsLowerHex(this Span<char> text) => ((ReadOnlySpan<char>)text).IsLowerHex();
}
