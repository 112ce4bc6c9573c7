using System.Globalization;
using Fat.Coordination;

namespace Fat.Torture;

/// <summary>What the command line asks for.</summary>
internal sealed record TortureOptions
{
    public const string Usage = "Fat.Torture [--minutes 3 | --seconds 180] [--seed 1] [--workers 24] [--break known-set|barrier|trust-redis|unvote|message-barrier] [--keep]";

    public TimeSpan Time { get; private init; } = TimeSpan.FromMinutes(3);

    public int Seed { get; private init; } = 1;

    public int Workers { get; private init; } = 24;

    public BrokenRules Broken { get; private init; }

    /// <summary>What messages bring about does without <c>FatBarrier</c>.</summary>
    public bool Unguarded { get; private init; }

    /// <summary>Keep the services' logs when there is a violation, and say where.</summary>
    public bool Keeps { get; private init; }

    /// <summary>Null when the arguments are not understood.</summary>
    public static TortureOptions? Parse(IReadOnlyList<string> arguments)
    {
        var options = new TortureOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            var value = i + 1 < arguments.Count ? arguments[i + 1] : "";
            var next = arguments[i] switch
            {
                "--keep" => options with { Keeps = true },
                "--minutes" when Number(value) is { } minutes and > 0 => options with { Time = TimeSpan.FromMinutes(minutes) },
                "--seconds" when Number(value) is { } seconds and > 0 => options with { Time = TimeSpan.FromSeconds(seconds) },
                "--seed" when int.TryParse(value, CultureInfo.InvariantCulture, out var seed) => options with { Seed = seed },
                "--workers" when int.TryParse(value, CultureInfo.InvariantCulture, out var workers) && workers > 0 => options with { Workers = workers },
                "--break" when value == "message-barrier" => options with { Unguarded = true },
                "--break" when Rule(value) is { } rule => options with { Broken = options.Broken | rule },
                _ => null,
            };
            if (next is null)
                return null;
            if (arguments[i] != "--keep")
                i++;
            options = next;
        }

        return options;
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static BrokenRules? Rule(string text) => text switch
    {
        "known-set" => BrokenRules.KnownSet,
        "barrier" => BrokenRules.Barrier,
        "trust-redis" => BrokenRules.TrustRegistry,
        "unvote" => BrokenRules.Unvote,
        _ => null,
    };
}
