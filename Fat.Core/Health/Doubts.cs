using System.Globalization;
using Fat.Coordination;

namespace Fat.Health;

/// <summary>How long branches have been in doubt: those that are prepared in this service's databases, whoever waits for them, and those that this process holds open.</summary>
internal static class Doubts
{
    public static FatHealthPart Part(IReadOnlyList<SeenDatabase> seen, Participant participant, FatHealthOptions options)
    {
        // A database that goes by two names has each branch once.
        var prepared = seen.SelectMany(one => one.Sight.Result?.InDoubt ?? []).DistinctBy(branch => (branch.Name.Gid, branch.Name.Branch))
            .Select(branch => (branch.Age, Name: $"{branch.Name.Branch} of group {branch.Name.Gid} on {branch.Database}"));
        var held = participant.Waiting.All.Where(branch => !branch.Voted.IsDurable)
            .Select(branch => (Age: participant.Node.Time.GetElapsedTime(branch.VotedAt), Name: $"{branch.Id} of group {branch.Gid} on {branch.Voted.Database}"));
        var all = prepared.Concat(held).ToList();
        var unseen = seen.Where(one => one.Sight.Result is null or { TakesNoWrites: true }).Select(one => one.Database.Name.Text).ToList();
        var state = unseen.Count == 0 ? FatHealthState.Healthy : FatHealthState.Degraded;
        var what = "None.";
        if (all.Count > 0)
        {
            var (age, name) = all.MaxBy(branch => branch.Age);
            var late = age >= options.InDoubtUnhealthy ? FatHealthState.Unhealthy : age >= options.InDoubtDegraded ? FatHealthState.Degraded : FatHealthState.Healthy;
            state = late > state ? late : state;
            what = string.Create(CultureInfo.InvariantCulture, $"{all.Count}, the oldest since {age.TotalSeconds:0} s: branch {name}.");
        }

        if (unseen.Count > 0)
            what = $"{what} Not known of {string.Join(", ", unseen)}.";
        return new FatHealthPart("in-doubt", state, what, TimeSpan.Zero);
    }
}
