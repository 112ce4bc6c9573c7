using System.Runtime.InteropServices;

namespace Fat.Analyzers.Counting;

/// <summary>How many calls there are at least and at most.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct CallRange(int least, int most)
{
    public const int Unlimited = int.MaxValue;

    public int Least => least;

    public int Most => most;

    public bool IsExact => least == most;

    public CallRange Plus(CallRange other) => new(least + other.Least, most == Unlimited || other.Most == Unlimited ? Unlimited : most + other.Most);

    public CallRange Or(CallRange other) => new(Math.Min(least, other.Least), Math.Max(most, other.Most));

    /// <summary>As often as one likes, or not at all.</summary>
    public CallRange Repeated() => new(0, most == 0 ? 0 : Unlimited);

    public bool Contains(int number) => least <= number && number <= most;
}
