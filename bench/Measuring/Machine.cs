using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Fat.Bench.Measuring;

/// <summary>On what was measured.</summary>
internal sealed record Machine(string Processor, int Cores, double MemoryGigabytes, string System, string Runtime, double SyncMicroseconds, string LoadAverage)
{
    private const int Syncs = 200;

    public static async Task<Machine> LookAsync(CancellationToken cancellationToken) => new(
        Processors(),
        Environment.ProcessorCount,
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9, 1),
        $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}",
        RuntimeInformation.FrameworkDescription,
        await SyncAsync(cancellationToken),
        ReadLoadAverage());

    public static string ReadLoadAverage() => File.Exists("/proc/loadavg") ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3)) : "unknown";

    public void Print(TextWriter output)
    {
        output.WriteLine($"  {Processor}, {Cores} cores, {MemoryGigabytes.ToString(CultureInfo.InvariantCulture)} GB; {System}; {Runtime}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  a write with fsync in the temporary folder: median {SyncMicroseconds:0} µs; load average {LoadAverage}"));
        if (Debugging)
            output.WriteLine("  A DEBUG BUILD: these numbers mean nothing. Use -c Release.");
    }

    private static bool Debugging
    {
        get
        {
#if DEBUG
            return true;
#else
            return false;
#endif
        }
    }

    private static string Processors()
    {
        if (!File.Exists("/proc/cpuinfo"))
            return "unknown processor";
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        return model?.Split(':', 2)[1].Trim() ?? "unknown processor";
    }

    /// <summary>What one flush to the disk costs, which is the floor of every commit.</summary>
    private static async Task<double> SyncAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetTempPath(), $"fat-bench-{Guid.NewGuid():N}");
        var times = new List<double>(Syncs);
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, FileOptions.DeleteOnClose);
        var block = new byte[8192];
        for (var i = 0; i < Syncs; i++)
        {
            var start = Stopwatch.GetTimestamp();
            file.Position = 0;
            await file.WriteAsync(block, cancellationToken);
            file.Flush(flushToDisk: true);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        return Math.Round(Sample.Median(times));
    }
}
