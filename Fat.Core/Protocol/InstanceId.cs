using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Fat.Protocol;

/// <summary>One process of a service: the service's name, <c>~</c>, and twelve random hexadecimal digits.</summary>
internal readonly record struct InstanceId
{
    private const int NonceLength = 12;

    private readonly string? _text;

    private InstanceId(string text) => _text = text;

    public string Text => _text ?? throw new InvalidOperationException("An empty instance id.");

    public FatName Service => FatName.Parse(Text[..^(NonceLength + 1)], "service name");

    /// <summary>Some process of the service, where nobody knows which: only an operator's list of branches names it.</summary>
    public static InstanceId Unknown(FatName service) => new($"{service}~{new string('0', NonceLength)}");

    /// <summary>Whether it stands for a process that nobody knows.</summary>
    public bool IsUnknown => Text.AsSpan(Text.Length - NonceLength).IndexOfAnyExcept('0') < 0;

    public static InstanceId New(FatName service) => new($"{service}~{RandomNumberGenerator.GetHexString(NonceLength, lowercase: true)}");

    public static bool TryParse([NotNullWhen(true)] string? text, out InstanceId id)
    {
        id = default;
        if (text is null || text.Length <= NonceLength + 1 || text[^(NonceLength + 1)] != '~')
            return false;
        if (!FatName.TryParse(text[..^(NonceLength + 1)], out _) || !text.AsSpan(text.Length - NonceLength).IsLowerHex())
            return false;
        id = new InstanceId(text);
        return true;
    }

    public override string ToString() => _text ?? string.Empty;
}
