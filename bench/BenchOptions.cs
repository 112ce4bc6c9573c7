using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Fat.Bench;

/// <summary>What was typed.</summary>
internal sealed record BenchOptions(string Name)
{
    public static string Usage { get; } = $"""
        usage: dotnet run -c Release --project bench -- <name> [options]
        {string.Join('\n', Catalogue.All.Select(benchmark => $"  {benchmark.Name,-10}{benchmark.Title}"))}
          --json <file>          write the numbers
          --seconds <n>          the length of one round
          --rounds <n>           how many rounds of each variant, in turn
          --children <n,n>       commit: how many calls a root makes (1,2,4); messages: how many groups (1,2)
          --concurrency <n,n>    commit: how many clients at once (1,16,64)
          --modes <name,name>    commit: only these (all)
          --pool <n>             open: the size of the service's pool of database connections (20)
        """;

    /// <summary>Where the numbers go, or null.</summary>
    public string? JsonFile { get; private init; }

    /// <summary>The length of one round, or null for the benchmark's own.</summary>
    public double? Seconds { get; private init; }

    /// <summary>How many rounds, or null for the benchmark's own.</summary>
    public int? Rounds { get; private init; }

    public IReadOnlyList<int>? Children { get; private init; }

    public IReadOnlyList<int>? Concurrency { get; private init; }

    public IReadOnlyList<string>? Modes { get; private init; }

    /// <summary>The size of the pool, or null for the benchmark's own.</summary>
    public int? Pool { get; private init; }

    public static bool TryParse(IReadOnlyList<string> arguments, [NotNullWhen(true)] out BenchOptions? options, out string problem)
    {
        options = null;
        problem = "Which benchmark?";
        if (arguments.Count == 0)
            return false;
        problem = $"There is no benchmark '{arguments[0]}'.";
        if (Catalogue.Find(arguments[0]) is null)
            return false;
        var parsed = new BenchOptions(arguments[0]);
        for (var i = 1; i < arguments.Count; i += 2)
        {
            problem = $"'{arguments[i]}' is not an option, or what follows it does not fit.";
            if (i + 1 == arguments.Count || parsed.With(arguments[i], arguments[i + 1]) is not { } more)
                return false;
            parsed = more;
        }

        options = parsed;
        return true;
    }

    private BenchOptions? With(string option, string value) => option switch
    {
        "--json" => this with { JsonFile = value },
        "--seconds" when double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 =>
            this with { Seconds = seconds },
        "--rounds" when Numbers(value) is [var rounds] => this with { Rounds = rounds },
        "--children" when Numbers(value) is { } children => this with { Children = children },
        "--concurrency" when Numbers(value) is { } concurrency => this with { Concurrency = concurrency },
        "--pool" when Numbers(value) is [var pool] => this with { Pool = pool },
        "--modes" => this with { Modes = value.Split(',') },
        _ => null,
    };

    private static List<int>? Numbers(string value)
    {
        var numbers = new List<int>();
        foreach (var part in value.Split(','))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
                return null;
            numbers.Add(number);
        }

        return numbers;
    }
}
