using Fat.Bench.Measuring;

namespace Fat.Bench;

/// <summary>One question that is answered by measuring.</summary>
internal interface IBenchmark
{
    /// <summary>What is typed to run it.</summary>
    string Name { get; }

    /// <summary>What it measures, in a line.</summary>
    string Title { get; }

    /// <summary>Measures, and clears away whatever it started.</summary>
    Task<Report> RunAsync(BenchOptions options, CancellationToken cancellationToken);
}
