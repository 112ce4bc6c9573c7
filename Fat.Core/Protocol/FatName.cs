using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Fat.Protocol;

/// <summary>The name of a service or a database: 1 to 40 of <c>A-Za-z0-9._-</c>.</summary>
internal readonly record struct FatName
{
    public const int MaxLength = 40;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    private readonly string? _text;

    private FatName(string text) => _text = text;

    public string Text => _text ?? throw new InvalidOperationException("An empty name.");

    public static bool TryParse([NotNullWhen(true)] string? text, out FatName name)
    {
        var valid = text is { Length: >= 1 and <= MaxLength } && !text.AsSpan().ContainsAnyExcept(Allowed);
        name = valid ? new FatName(text!) : default;
        return valid;
    }

    public static FatName Parse(string? text, string what) =>
        TryParse(text, out var name)
            ? name
            : throw new FatConfigurationException(
                $"'{text}' is not a valid {what}: use 1 to {MaxLength} of A-Z a-z 0-9 . _ - and set it explicitly.");

    public override string ToString() => _text ?? string.Empty;
}
