using Fat.Faults;

namespace Fat.Shop;

/// <summary>What happens once, when the process comes to a fault point.</summary>
internal sealed record Strike(FaultPoint Point, Side Side, Deed Deed)
{
    /// <summary>As it stands in a setting: <c>Resolve.Before.Kill</c>.</summary>
    public override string ToString() => $"{Point}.{Side}.{Deed}";

    public static Strike Parse(string text) => text.Split('.') is [var point, var side, var deed]
        ? new Strike(Enum.Parse<FaultPoint>(point), Enum.Parse<Side>(side), Enum.Parse<Deed>(deed))
        : throw new FormatException($"'{text}' is no strike.");
}

/// <summary>Before the write or message, which is then never sent, or after it, when only its answer is lost.</summary>
internal enum Side
{
    Before,
    After,
}

internal enum Deed
{
    /// <summary>Nothing, so it goes on.</summary>
    Pass,

    /// <summary>Throws what the server's client would.</summary>
    Throw,

    /// <summary>SIGKILL of the own process.</summary>
    Kill,

    /// <summary>Stays there until it is told what to do.</summary>
    Hold,
}
