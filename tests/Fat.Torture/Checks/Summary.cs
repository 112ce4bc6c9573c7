using System.Text.Json;

namespace Fat.Torture.Checks;

/// <summary>What a run is told to have been, as the last thing on its output.</summary>
internal sealed record Summary
{
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public required int Seed { get; init; }

    public required double Seconds { get; init; }

    public required string Broken { get; init; }

    public required int Groups { get; init; }

    public required int Commits { get; init; }

    public required int Rollbacks { get; init; }

    public required int Unknown { get; init; }

    /// <summary>Those whose steps share transactions.</summary>
    public required int Joined { get; init; }

    public required int JoinedCommits { get; init; }

    /// <summary>Of those, the ones that waited for a lock of their own group: none, but where a request came twice.</summary>
    public required int SelfBlocked { get; init; }

    /// <summary>Operations with a held branch.</summary>
    public required int Held { get; init; }

    /// <summary>Held branches that a crash took and that were done again.</summary>
    public required int Replayed { get; init; }

    /// <summary>Of the unknown ones, those that turned out to be committed.</summary>
    public required int UnknownCommitted { get; init; }

    /// <summary>Messages that were asked for: of groups, and outside of any.</summary>
    public required int Messages { get; init; }

    /// <summary>Effects of messages: two subscribers and a called service each.</summary>
    public required int Delivered { get; init; }

    /// <summary>Messages whose local transaction has not committed.</summary>
    public required int Cancelled { get; init; }

    /// <summary>Messages that fail for good, as they are to.</summary>
    public required int Poisoned { get; init; }

    /// <summary>Submissions by recovery.</summary>
    public required int Recovered { get; init; }

    /// <summary>From the moment when everything was healed until every message had ended; null when that never came.</summary>
    public required double? SlowestMessageSeconds { get; init; }

    public required int Faults { get; init; }

    public required IReadOnlyDictionary<string, int> FaultsByKind { get; init; }

    /// <summary>From the moment when everything was healed until nothing was in doubt; null when that never came.</summary>
    public required double? SlowestRecoverySeconds { get; init; }

    public required int ViolationCount { get; init; }

    public required IReadOnlyList<string> Violations { get; init; }

    public string? Logs { get; init; }

    public override string ToString() => JsonSerializer.Serialize(this, Format);
}
