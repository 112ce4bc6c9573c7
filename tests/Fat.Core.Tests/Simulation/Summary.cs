using System.Globalization;

namespace Fat.Core.Tests.Simulation;

/// <summary>How many schedules went how. Thread-safe.</summary>
internal sealed class Summary
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, int> _outcomes = new(StringComparer.Ordinal);
    private long _steps;
    private int _schedules;
    private TimeSpan _slowest;
    private ulong _slowestSeed;

    public Report? Failed { get; private set; }

    public IReadOnlyDictionary<string, int> Outcomes => _outcomes;

    public void Add(Report report)
    {
        lock (_gate)
        {
            _schedules++;
            _steps += report.Steps;
            var outcome = $"{report.Outcome?.ToString() ?? "unanswered"} and {(report.Committed ? "committed" : "not")}";
            _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
            if (report.Recovery > _slowest)
                (_slowest, _slowestSeed) = (report.Recovery, report.Seed);
            if (report.Violation is not null)
                Failed ??= report;
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_schedules} schedules, {_steps} steps; {string.Join(", ", _outcomes.Select(one => $"{one.Value} {one.Key}"))}; slowest end {_slowest.TotalSeconds:0.0} s after all was healed (seed {_slowestSeed})");
}
