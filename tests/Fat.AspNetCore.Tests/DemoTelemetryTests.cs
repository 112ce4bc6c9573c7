using System.Reflection;
using Fat.AspNetCore.Tests.Support;
using Fat.TestServers;

namespace Fat.AspNetCore.Tests;

/// <summary>The demonstration, with its three processes, sends its telemetry where it is told to.</summary>
public sealed class DemoTelemetryTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task ItsServicesExportOverOtlp()
    {
        await using var collector = await Collector.StartAsync();
        var demo = typeof(DemoTelemetryTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "Demo").Value!;
        await using var run = await ChildProcess.StartAsync(
            new ChildProcessOptions { FileName = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet", Arguments = [demo, "--only", "1", "--exit", "--otlp", collector.Address.ToString()] },
            TestContext.Current.CancellationToken);
        var code = await run.Exited.WaitAsync(Longest, TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.True(code == 0, string.Join('\n', run.Tail));
        var traces = collector.All("traces");
        foreach (var service in new[] { "Orders", "Stock", "Accounts" })
            Assert.Contains(service, traces, StringComparison.Ordinal);
        foreach (var span in new[] { "fat.group", "fat.scope", "fat.branch", "fat.prepare", "fat.decide", "fat.commit" })
            Assert.Contains(span, traces, StringComparison.Ordinal);
        foreach (var metric in new[] { "fat.groups", "fat.group.duration", "fat.branch.duration", "fat.registry.duration" })
            Assert.Contains(metric, collector.All("metrics"), StringComparison.Ordinal);
    }
}
