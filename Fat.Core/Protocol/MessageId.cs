using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Fat.Protocol;

/// <summary>The id of a message, which DTM calls a gid too: 1 to 128 of <c>A-Za-z0-9._:~-</c>. The application may choose it.</summary>
internal readonly record struct MessageId
{
    public const int MaxLength = 128;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:~-");

    /// <summary>How ids begin that Fat makes: what has ended under such a one need not be remembered, for nobody can repeat it.</summary>
    private const string OwnPrefix = "m~";

    private readonly string? _text;

    private MessageId(string text) => _text = text;

    public string Text => _text ?? throw new InvalidOperationException("An empty message id.");

    /// <summary>Whether Fat made it, and not the application.</summary>
    public bool IsOwn => Text.StartsWith(OwnPrefix, StringComparison.Ordinal);

    /// <summary>With a UUIDv7, so that ids sort by the time at which they were made.</summary>
    public static MessageId New(DateTimeOffset now) => new($"{OwnPrefix}{Guid.CreateVersion7(now):N}");

    public static bool TryParse([NotNullWhen(true)] string? text, out MessageId id)
    {
        var valid = text is { Length: >= 1 and <= MaxLength } && !text.AsSpan().ContainsAnyExcept(Allowed);
        id = valid ? new MessageId(text!) : default;
        return valid;
    }

    public override string ToString() => _text ?? string.Empty;
}
