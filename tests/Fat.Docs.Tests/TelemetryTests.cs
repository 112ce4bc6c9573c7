using System.Text.Json;
using System.Text.RegularExpressions;

namespace Fat.Docs.Tests;

/// <summary>The table of metrics is that of the instruments, and the dashboard asks for nothing that is not in it.</summary>
public sealed partial class TelemetryTests
{
    private const string Dashboard = "docs/grafana-fat.json";

    [Fact]
    public void The_table_has_every_instrument_and_no_other() =>
        Assert.Equal(
            InstrumentTable.Existing.Order(),
            InstrumentTable.Written.Select(row => (row.Name, row.Kind, row.Unit)).Order());

    [Fact]
    public void Names_and_units_follow_OpenTelemetrys_conventions()
    {
        Assert.All(InstrumentTable.Existing, instrument => Assert.Matches(@"^fat(\.[a-z]+(_[a-z]+)*)+$", instrument.Name));
        Assert.All(InstrumentTable.Existing, instrument => Assert.DoesNotMatch("(_total|_count|_seconds|\\.total|\\.count)$", instrument.Name));
        Assert.All(InstrumentTable.Existing, instrument => Assert.Matches(@"^(s|By|\{[a-z_]+\})$", instrument.Unit));

        // A name is not the namespace of another one.
        Assert.All(InstrumentTable.Existing, instrument =>
            Assert.DoesNotContain(InstrumentTable.Existing, other => other.Name.StartsWith(instrument.Name + ".", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_dashboard_asks_for_metrics_and_labels_of_the_table_and_for_all_of_them()
    {
        var metrics = InstrumentTable.Written.SelectMany(row => InstrumentTable.Prometheus(row).Select(name => (name, row))).ToDictionary(pair => pair.name, pair => pair.row, StringComparer.Ordinal);
        var asked = new HashSet<string>(StringComparer.Ordinal);
        foreach (var query in Queries())
        {
            var names = Name().Matches(query).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
            var shown = names.Where(metrics.ContainsKey).Select(name => metrics[name]).ToList();
            Assert.True(shown.Count > 0, $"It asks for no metric of the table: {query}");
            asked.UnionWith(shown.Select(row => row.Name));
            var labels = shown.SelectMany(InstrumentTable.Labels).ToHashSet(StringComparer.Ordinal);
            Assert.All(names.Where(name => !metrics.ContainsKey(name)), name => Assert.True(labels.Contains(name), $"{name} is neither a metric nor a label of what is asked for in: {query}"));
        }

        Assert.Equal(InstrumentTable.Written.Select(row => row.Name).Order(StringComparer.Ordinal), asked.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_dashboard_is_one_and_its_panels_do_not_overlap()
    {
        using var dashboard = JsonDocument.Parse(Repository.Read(Dashboard));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToList();
        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        var places = new HashSet<(int, int)>();
        foreach (var place in panels.Select(panel => panel.GetProperty("gridPos")))
        {
            for (var x = 0; x < place.GetProperty("w").GetInt32(); x++)
            {
                for (var y = 0; y < place.GetProperty("h").GetInt32(); y++)
                    Assert.True(places.Add((place.GetProperty("x").GetInt32() + x, place.GetProperty("y").GetInt32() + y)));
            }
        }
    }

    private static List<string> Queries()
    {
        using var dashboard = JsonDocument.Parse(Repository.Read(Dashboard));
        return [.. dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!)];
    }

    [GeneratedRegex(@"\b(?:fat|error)_[a-z_]+\b", RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
