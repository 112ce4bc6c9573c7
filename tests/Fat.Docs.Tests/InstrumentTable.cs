using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Fat.Docs.Tests;

/// <summary>The metrics of docs/telemetry.md, and those that there are.</summary>
internal static partial class InstrumentTable
{
    public const string Document = "docs/telemetry.md";

    /// <summary>What the table says: a row each.</summary>
    public static IReadOnlyList<(string Name, string Kind, string Unit, string Attributes)> Written { get; } =
    [
        .. Row().Matches(Repository.Read(Document)).Select(row => (row.Groups["name"].Value, row.Groups["kind"].Value, row.Groups["unit"].Value, row.Groups["attributes"].Value)),
    ];

    /// <summary>The instruments of the meter.</summary>
    public static IReadOnlyList<(string Name, string Kind, string Unit)> Existing { get; } = Instruments();

    /// <summary>The names that OpenTelemetry's exporter for Prometheus makes of a metric.</summary>
    public static IEnumerable<string> Prometheus((string Name, string Kind, string Unit, string Attributes) metric)
    {
        var name = metric.Name.Replace('.', '_') + (metric.Unit == "s" ? "_seconds" : string.Empty);
        return metric.Kind switch
        {
            "counter" => [name + "_total"],
            "histogram" => [name + "_bucket", name + "_sum", name + "_count"],
            _ => [name],
        };
    }

    /// <summary>The labels that become of a metric's attributes.</summary>
    public static IEnumerable<string> Labels((string Name, string Kind, string Unit, string Attributes) metric) =>
        Attribute().Matches(metric.Attributes).Select(match => match.Groups["name"].Value.Replace('.', '_')).Append("le");

    private static List<(string Name, string Kind, string Unit)> Instruments()
    {
        var found = new List<(string, string, string)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == "Fat")
                found.Add((instrument.Name, Kind(instrument), instrument.Unit ?? string.Empty));
        };

        // The meter is made with the class that has it, which is not public.
        RuntimeHelpers.RunClassConstructor(typeof(FatOptions).Assembly.GetType("Fat.Diagnostics.FatMeter", throwOnError: true)!.TypeHandle);
        listener.Start();
        return found;
    }

    private static string Kind(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "Counter" or "ObservableCounter" => "counter",
        "Histogram" => "histogram",
        "UpDownCounter" or "ObservableUpDownCounter" => "up-down counter",
        "Gauge" or "ObservableGauge" => "gauge",
        var other => other,
    };

    [GeneratedRegex(@"^\| `(?<name>fat\.[a-z_.]+)` \| (?<kind>[a-z -]+) \| `(?<unit>[^`]+)` \| (?<attributes>[^|]*) \| [^|]+ \|$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Row();

    [GeneratedRegex("`(?<name>(?:fat|error)\\.[a-z_.]+)`", RegexOptions.NonBacktracking)]
    private static partial Regex Attribute();
}
