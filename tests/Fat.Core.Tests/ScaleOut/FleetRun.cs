using System.Globalization;
using Fat.Core.Tests.Simulation;

namespace Fat.Core.Tests.ScaleOut;

/// <summary>One life of the fleet, played once: it idles, Redis goes away and comes back, a tenth of the processes is lost with open groups.</summary>
public sealed class FleetRun
{
    public const int Instances = 1_000;

    private const int Services = 20;
    private const int Lost = Instances / 10;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Phase = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Midway = TimeSpan.FromMilliseconds(18);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public FleetRun() => Runner.OnThread(Play);

    public FleetPhase Idle { get; private set; } = null!;

    public FleetPhase Back { get; private set; } = null!;

    public FleetPhase Recovery { get; private set; } = null!;

    /// <summary>The branches that were prepared when their roots were lost.</summary>
    public int Prepared { get; private set; }

    /// <summary>Until none of them was left.</summary>
    public TimeSpan RecoveryTime { get; private set; }

    public int Left { get; private set; }

    private void Play()
    {
        var fleet = new Fleet(Instances, Services, startWithin: TimeSpan.FromSeconds(1));
        fleet.Run(WarmUp);
        fleet.Count(Phase);
        Idle = Look("idle", fleet);
        fleet.Redis.GoAway();
        fleet.Run(Outage);
        fleet.Redis.ComeBack();
        fleet.Count(Phase);
        Back = Look("Redis is back", fleet);
        fleet.Begin(Lost, groups: 20);
        fleet.Run(Midway);
        fleet.Kill(Lost);
        Prepared = fleet.Prepared;
        fleet.Count(TimeSpan.Zero);
        RecoveryTime = fleet.UntilNothingIsPrepared(Patience);
        Left = fleet.Prepared;
        Recovery = Look(string.Create(CultureInfo.InvariantCulture, $"{Lost} processes lost, {Prepared} branches ended after {RecoveryTime.TotalSeconds:0.0} s"), fleet);
    }

    private static FleetPhase Look(string what, Fleet fleet)
    {
        var (commands, statements) = (fleet.Commands, fleet.Statements);
        var (key, share) = commands.Hottest;
        var kinds = string.Join(", ", commands.Kinds.Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Kind} {kind.Rate:0}")));
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {commands.All} commands, {commands.Rate:0}/s ({kinds}), at most {commands.Peak:0}/s, {share:P0} to {key}; {statements.Rate:0} statements/s, at most {statements.Peak:0}/s");
        return new FleetPhase(text, commands.Rate, commands.Peak, commands.All, share, statements.Rate, statements.Peak);
    }
}
