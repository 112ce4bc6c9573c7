using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fat.Bench.Measuring;

/// <summary>The numbers of a run as a file.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task WriteAsync(string file, BenchOptions options, Machine machine, Report report, CancellationToken cancellationToken)
    {
        var document = new JsonObject
        {
            ["benchmark"] = options.Name,
            ["at"] = TimeProvider.System.GetUtcNow().ToString("O"),
            ["machine"] = JsonSerializer.SerializeToNode(machine, Format),
            ["loadAverageAfter"] = Machine.ReadLoadAverage(),
            ["failures"] = report.Failures,
            ["results"] = report.Results.DeepClone(),
        };
        await File.WriteAllTextAsync(file, document.ToJsonString(Format), cancellationToken);
    }

    /// <summary>JSON has no word for what is not a number.</summary>
    public static JsonNode? Number(double value) => double.IsFinite(value) ? Math.Round(value, 4) : null;
}
