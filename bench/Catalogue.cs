using Fat.Bench.Commit;

namespace Fat.Bench;

/// <summary>Every benchmark there is.</summary>
internal static class Catalogue
{
    public static IReadOnlyList<IBenchmark> All { get; } = [new CommitBenchmark()];

    public static IBenchmark? Find(string name) => All.FirstOrDefault(benchmark => benchmark.Name == name);
}
