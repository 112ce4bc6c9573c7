using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Fat.Protocol;

/// <summary>
/// One execution of a call: the call id and eight random digits. A request that arrives twice makes two scopes with one
/// call id; the random part is how the group tells the one whose reply it got from the other (rule S8).
/// </summary>
internal readonly record struct ScopeId
{
    private const int NonceLength = 8;

    private readonly string? _text;

    private ScopeId(CallId call, string text)
    {
        Call = call;
        _text = text;
    }

    public CallId Call { get; }

    public string Text => _text ?? throw new InvalidOperationException("An empty scope id.");

    public static ScopeId New(CallId call) => new(call, $"{call}-{RandomNumberGenerator.GetHexString(NonceLength, lowercase: true)}");

    public BranchId Branch(int number) => BranchId.Of(this, number);

    public static bool TryParse([NotNullWhen(true)] string? text, out ScopeId id)
    {
        id = default;
        if (text is null || text.Length <= NonceLength + 1 || text[^(NonceLength + 1)] != '-')
            return false;
        if (!CallId.TryParse(text[..^(NonceLength + 1)], out var call) || !text.AsSpan(text.Length - NonceLength).IsLowerHex())
            return false;
        id = new ScopeId(call, text);
        return true;
    }

    public override string ToString() => _text ?? string.Empty;
}
