using Fat.Bench.Measuring;

namespace Fat.Bench.Commit;

/// <summary>All rounds of one mode under one load.</summary>
internal sealed class CommitCell(CommitMode mode, CommitLoad load)
{
    private readonly List<CommitRound> _rounds = [];

    public CommitMode Mode => mode;

    public CommitLoad Load => load;

    public IReadOnlyList<CommitRound> Rounds => _rounds;

    public int Groups => _rounds.Sum(round => round.Groups);

    public int Failures => _rounds.Sum(round => round.Failures);

    public double Throughput => Sample.Median(_rounds.Select(round => round.Throughput));

    public double P50 => Sample.Median(_rounds.Select(round => round.P50));

    public double P99 => Sample.Median(_rounds.Select(round => round.P99));

    public StageUse Use => _rounds.Select(round => round.Use).Aggregate((one, other) => one + other);

    public double CpuOfThousand => Use.Cpu / Groups * 1000;

    public double RedisCommands => mode.IsFat() ? Use.RedisCommands / (double)Groups : double.NaN;

    /// <summary>The server's counter before the first round of this load, and before that of the next.</summary>
    public long WalSyncsBefore { get; set; }

    public long WalSyncsAfter { get; set; }

    public double WalSyncs => (WalSyncsAfter - WalSyncsBefore) / (double)(Groups + Failures);

    public void Add(CommitRound round) => _rounds.Add(round);

    /// <summary>The median of the ratios of rounds that ran next to each other, which noise that lasts hits alike.</summary>
    public double Ratio(CommitCell? other, Func<CommitRound, double> value) => other is null
        ? double.NaN
        : Sample.Median(_rounds.Zip(other._rounds, (mine, its) => value(mine) / value(its)));
}
