using System.Globalization;

namespace Fat.Health;

/// <summary>How many lost branches wait to be made good.</summary>
internal static class OpenIncidents
{
    public static FatHealthPart Part(IReadOnlyList<SeenDatabase> seen, FatHealthOptions options)
    {
        var open = seen.Sum(one => one.Sight.Result?.Incidents ?? 0);
        var state = open >= options.IncidentsUnhealthy ? FatHealthState.Unhealthy : open >= options.IncidentsDegraded ? FatHealthState.Degraded : FatHealthState.Healthy;
        var what = open == 0 ? "None." : string.Create(CultureInfo.InvariantCulture, $"{open} are open.");
        var uncounted = seen.Where(one => one.Sight.Result?.Incidents is null).Select(one => one.Database.Name.Text).ToList();
        if (uncounted.Count > 0)
            (state, what) = (state > FatHealthState.Degraded ? state : FatHealthState.Degraded, $"{what} Not counted in {string.Join(", ", uncounted)}.");
        return new FatHealthPart("incidents", state, what, TimeSpan.Zero);
    }
}
