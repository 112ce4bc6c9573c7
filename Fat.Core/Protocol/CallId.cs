using System.Diagnostics.CodeAnalysis;

namespace Fat.Protocol;

/// <summary>
/// One call within a group, by its place in the tree: the root is <c>0</c>, its calls are <c>1</c>, <c>2</c>, …, the calls of
/// <c>2</c> are <c>2.1</c>, <c>2.2</c>, …
/// </summary>
internal readonly record struct CallId
{
    /// <summary>Bounded so that the name of a prepared transaction stays within PostgreSQL's 200 bytes.</summary>
    public const int MaxLength = 50;

    private readonly string? _text;

    private CallId(string text) => _text = text;

    public static CallId Root { get; } = new("0");

    public string Text => _text ?? throw new InvalidOperationException("An empty call id.");

    public bool IsRoot => Text == "0";

    public CallId Child(int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        var text = IsRoot ? $"{number}" : $"{Text}.{number}";
        return text.Length <= MaxLength
            ? new CallId(text)
            : throw new InvalidOperationException($"Calls are nested too deeply: '{text}' has more than {MaxLength} characters.");
    }

    /// <summary>Whether this is the call itself or one below it.</summary>
    public bool IsWithin(CallId call) =>
        Text.StartsWith(call.Text, StringComparison.Ordinal) && (Text.Length == call.Text.Length || Text[call.Text.Length] == '.');

    public static bool TryParse([NotNullWhen(true)] string? text, out CallId id)
    {
        id = default;
        if (text is not { Length: >= 1 and <= MaxLength })
            return false;
        if (text != "0")
        {
            foreach (var part in text.AsSpan().Split('.'))
            {
                var number = text.AsSpan(part);
                if (number.IsEmpty || number[0] == '0' || number.ContainsAnyExceptInRange('0', '9'))
                    return false;
            }
        }

        id = new CallId(text);
        return true;
    }

    public override string ToString() => _text ?? string.Empty;
}
