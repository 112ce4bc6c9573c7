using Fat.Bench.Measuring;
using Fat.TestServers;

namespace Fat.Bench;

/// <summary>Runs one benchmark, prints its report, and writes it down where that was asked for.</summary>
internal sealed class BenchRun(BenchOptions options, CancellationToken stop)
{
    /// <summary>Returns the exit code.</summary>
    public async Task<int> RunAsync()
    {
        var benchmark = Catalogue.Find(options.Name)!;
        var machine = await Machine.LookAsync(stop);
        Console.WriteLine($"{benchmark.Name}: {benchmark.Title}");
        machine.Print(Console.Out);
        try
        {
            await ServerPrograms.EnsureAsync(Console.WriteLine, stop);
            var report = await benchmark.RunAsync(options, stop);
            Console.WriteLine();
            report.Print(Console.Out);
            Console.WriteLine($"load average before {machine.LoadAverage}, after {Machine.ReadLoadAverage()} (this run's own included)");
            if (options.JsonFile is { } file)
                await JsonReport.WriteAsync(file, options, machine, report, stop);
            return report.Failures == 0 ? 0 : 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Console.Error.WriteLine("Interrupted.");
            return 1;
        }
    }
}
