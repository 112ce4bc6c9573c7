using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Fat.Protocol;

/// <summary>One branch within a group: the scope that made it and a number.</summary>
internal readonly record struct BranchId
{
    private readonly string? _text;

    private BranchId(ScopeId scope, string text)
    {
        Scope = scope;
        _text = text;
    }

    public ScopeId Scope { get; }

    public string Text => _text ?? throw new InvalidOperationException("An empty branch id.");

    /// <summary>A scope has at most so many branches: the name of a prepared transaction has room for four digits.</summary>
    public const int MaxNumber = 9999;

    public static BranchId Of(ScopeId scope, int number) => number is >= 1 and <= MaxNumber
        ? new(scope, $"{scope}-{number}")
        : throw new InvalidOperationException($"A scope has at most {MaxNumber} local transactions; this would be number {number}.");

    public static bool TryParse([NotNullWhen(true)] string? text, out BranchId id)
    {
        id = default;
        var dash = text?.LastIndexOf('-') ?? -1;
        if (dash < 0 || !ScopeId.TryParse(text![..dash], out var scope))
            return false;
        if (!int.TryParse(text.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > MaxNumber)
            return false;
        id = Of(scope, number);
        return id.Text == text;
    }

    public override string ToString() => _text ?? string.Empty;
}
