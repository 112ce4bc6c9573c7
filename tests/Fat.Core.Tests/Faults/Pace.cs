using System.Globalization;

namespace Fat.Core.Tests.Faults;

/// <summary>The waits of the services, and what the formulas of the document come to with them.</summary>
/// <param name="WaitCommit">See the option.</param>
/// <param name="RecoveryInterval">See the option.</param>
/// <param name="GroupTimeout">See the option.</param>
internal sealed record Pace(TimeSpan WaitCommit, TimeSpan RecoveryInterval, TimeSpan GroupTimeout)
{
    /// <summary>With <c>FAT_MATRIX_DEFAULTS=1</c> the services wait as long as an application's do.</summary>
    public static Pace Chosen { get; } = Environment.GetEnvironmentVariable("FAT_MATRIX_DEFAULTS") == "1"
        ? new(new FatOptions().WaitCommit, new FatOptions().RecoveryInterval, new FatOptions().GroupTimeout)
        : new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15));

    /// <summary>See the option.</summary>
    public TimeSpan WaitResult { get; } = TimeSpan.FromSeconds(10);

    /// <summary>For how long a fault delays: a root gives up by then, and still trusts that there is no row (rule S7).</summary>
    public TimeSpan Delay => 1.1 * WaitCommit;

    /// <summary>A formula such as <c>5 s + WaitCommit + 2 RecoveryInterval</c>.</summary>
    public TimeSpan Of(string formula) => formula.Split('+').Aggregate(TimeSpan.Zero, (sum, term) => sum + Term(term.Trim().Split(' ')));

    private TimeSpan Term(string[] words) => words is [var number, var unit]
        ? double.Parse(number, CultureInfo.InvariantCulture) * Unit(unit)
        : Unit(words.Single());

    private TimeSpan Unit(string name) => name switch
    {
        "s" => TimeSpan.FromSeconds(1),
        nameof(WaitResult) => WaitResult,
        nameof(WaitCommit) => WaitCommit,
        nameof(RecoveryInterval) => RecoveryInterval,
        nameof(GroupTimeout) => GroupTimeout,
        _ => throw new FormatException($"'{name}' is no time."),
    };
}
