using System.Globalization;

namespace Fat.Bench.Measuring;

/// <summary>Numbers for people.</summary>
internal static class Text
{
    public static string Of(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Three digits that matter, or a dash for what was not measured.</summary>
    public static string Of(double value) => !double.IsFinite(value)
        ? "–"
        : Math.Abs(value) switch
        {
            >= 100 => value.ToString("0", CultureInfo.InvariantCulture),
            >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
            >= 0.1 or 0 => value.ToString("0.00", CultureInfo.InvariantCulture),
            _ => value.ToString("0.0000", CultureInfo.InvariantCulture),
        };
}
