using System.Globalization;
using Demo.Scenarios;

namespace Demo;

/// <summary>What the command line asks for.</summary>
/// <param name="Lists">Only name the scenarios.</param>
/// <param name="StaysUp">Keep everything running after the scenarios.</param>
/// <param name="Scenarios">The scenarios to run.</param>
/// <param name="Collector">Where the services send their telemetry, or null.</param>
internal sealed record DemoOptions(bool Lists, bool StaysUp, IReadOnlyList<Scenario> Scenarios, Uri? Collector)
{
    public const string Usage = """
        dotnet run --project demo [-- options]
          --exit       end after the scenarios (so it does without a terminal)
          --only N     run scenario N only; may be repeated
          --list       name the scenarios
          --otlp URL   send traces and metrics to a collector, as http://localhost:4317 (gRPC) or http://localhost:4318 (HTTP)
        """;

    public static bool TryParse(IReadOnlyList<string> arguments, out DemoOptions options, out string problem)
    {
        var staysUp = !Console.IsInputRedirected && !Console.IsOutputRedirected;
        var lists = false;
        var only = new List<Scenario>();
        Uri? collector = null;
        problem = "";
        for (var index = 0; index < arguments.Count && problem.Length == 0; index++)
        {
            switch (arguments[index])
            {
                case "--exit":
                    staysUp = false;
                    break;
                case "--list":
                    lists = true;
                    break;
                case "--only" when index + 1 < arguments.Count && Find(arguments[index + 1]) is { } scenario:
                    only.Add(scenario);
                    index++;
                    break;
                case "--only":
                    problem = $"--only needs the number of a scenario, 1 to {Catalogue.All.Count}.";
                    break;
                case "--otlp" when index + 1 < arguments.Count && Uri.TryCreate(arguments[index + 1], UriKind.Absolute, out collector) && collector.Scheme is "http" or "https":
                    index++;
                    break;
                case "--otlp":
                    problem = "--otlp needs the address of a collector, such as http://localhost:4317.";
                    break;
                default:
                    problem = $"What is {arguments[index]}?";
                    break;
            }
        }

        options = new DemoOptions(lists, staysUp, only.Count == 0 ? Catalogue.All : only, collector);
        return problem.Length == 0;
    }

    private static Scenario? Find(string number) => int.TryParse(number, CultureInfo.InvariantCulture, out var wanted)
        ? Catalogue.All.SingleOrDefault(scenario => scenario.Number == wanted)
        : null;
}
