using Fat.Bench.Cluster;
using Fat.Bench.Commit;
using Fat.Bench.Coordination;
using Fat.Bench.Messages;
using Fat.Bench.Open;
using Fat.Bench.Proxy;

namespace Fat.Bench;

/// <summary>Every benchmark there is.</summary>
internal static class Catalogue
{
    public static IReadOnlyList<IBenchmark> All { get; } = [new CommitBenchmark(), new RegistryBenchmark(), new OpenBenchmark(), new ScaleBenchmark(), new ClusterBenchmark(), new ProxyBenchmark(), new MessagesBenchmark()];

    public static IBenchmark? Find(string name) => All.FirstOrDefault(benchmark => benchmark.Name == name);
}
