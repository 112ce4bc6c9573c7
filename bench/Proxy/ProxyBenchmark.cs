using System.Text.Json.Nodes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using Fat.Bench.Measuring;

namespace Fat.Bench.Proxy;

/// <summary>What does an attribute cost where there is no group?</summary>
internal sealed class ProxyBenchmark : IBenchmark
{
    private const double DefaultSeconds = 0.25;
    private const int DefaultRounds = 15;

    public string Name => "proxy";

    public string Title => "a call of an attributed method while no group is open, ns and bytes";

    public async Task<Report> RunAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        // In this process: the projects of this repository are not built a second time into a folder of BenchmarkDotNet's.
        var job = Job.Default
            .WithToolchain(InProcessNoEmitToolchain.DontLogOutput)
            .WithIterationTime(Perfolizer.Horology.TimeInterval.FromSeconds(options.Seconds ?? DefaultSeconds))
            .WithWarmupCount(6)
            .WithIterationCount(options.Rounds ?? DefaultRounds);
        var config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(NullLogger.Instance)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), $"fat-bench-proxy-{Environment.ProcessId}"))
            .WithOptions(ConfigOptions.DisableLogFile);
        try
        {
            var summary = await Task.Run(() => BenchmarkRunner.Run<ProxyCalls>(config), cancellationToken);
            return Describe(summary);
        }
        finally
        {
            if (Directory.Exists(config.ArtifactsPath))
                Directory.Delete(config.ArtifactsPath, recursive: true);
        }
    }

    private static Report Describe(Summary summary)
    {
        var report = new Report();
        var table = new Table("a call, no group open", "call", "fastest ns", "median ns", "mean ns", "± ns", "bytes");
        foreach (var measured in summary.Reports)
        {
            var name = measured.BenchmarkCase.Descriptor.WorkloadMethod.Name;
            if (measured.ResultStatistics is not { } times)
            {
                report.Failures++;
                continue;
            }

            var bytes = measured.GcStats.GetBytesAllocatedPerOperation(measured.BenchmarkCase) ?? 0;
            table.Add(name, Text.Of(times.Min), Text.Of(times.Median), Text.Of(times.Mean), Text.Of(times.ConfidenceInterval.Margin), Text.Of(bytes));
            report.Results.Add(new JsonObject
            {
                ["call"] = name,
                ["fastestNanoseconds"] = JsonReport.Number(times.Min),
                ["medianNanoseconds"] = JsonReport.Number(times.Median),
                ["meanNanoseconds"] = JsonReport.Number(times.Mean),
                ["marginNanoseconds"] = JsonReport.Number(times.ConfidenceInterval.Margin),
                ["bytes"] = bytes,
            });
        }

        report.Add(table);
        report.Note("The database takes no time. JoinedByAttribute is the proxy alone; TransactionByAttribute less TransactionByHand is what the attribute adds to a local transaction.");
        return report;
    }
}
