using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Fat.Protocol;

namespace Fat.Registry.Redis;

/// <summary>How what is remembered of groups is written. What cannot be read (a newer version's) is passed over.</summary>
internal static class RedisHistoryText
{
    private const char StubMark = '-';

    private static readonly RedisHistoryJson Json =
        new(new JsonSerializerOptions(RedisHistoryJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static string Of(PastOutcome outcome) => outcome switch
    {
        PastOutcome.Committed => "committed",
        PastOutcome.RolledBack => "rolled-back",
        PastOutcome.InDoubt => "in-doubt",
        PastOutcome.Told => "told",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "An unknown outcome."),
    };

    public static string Of(PastStep step) => step == PastStep.Hour ? "h" : "m";

    public static string Letter(PastOutcome outcome) => outcome switch
    {
        PastOutcome.Committed => "c",
        PastOutcome.RolledBack => "r",
        PastOutcome.InDoubt => "d",
        _ => "t",
    };

    /// <summary>A group of which its root has not told: only a process is known.</summary>
    public static string Stub(InstanceId root) => $"{StubMark}{root.Text}";

    public static string Write(PastGroup group) => JsonSerializer.Serialize(
        new PastGroupJson
        {
            Instance = group.Root.Text,
            Method = group.Method,
            Began = PastPlace.Microseconds1970(group.Began),
            Branches = group.Branches,
            Abort = group.Abort is { } abort ? [abort.Service, abort.Method, abort.Reason] : null,
        },
        Json.PastGroupJson);

    public static string Write(PastBranch branch)
    {
        var enlisted = PastPlace.Microseconds1970(branch.Enlisted);
        return JsonSerializer.Serialize(
            new PastBranchJson
            {
                Branch = branch.Id.Text,
                Instance = branch.Instance.Text,
                Method = branch.Method,
                Database = branch.Database.Text,
                Vote = RedisText.Of(branch.Vote),
                Decision = branch.Decision is { } decision ? Letter(decision == Decision.Committed ? PastOutcome.Committed : PastOutcome.RolledBack) : null,
                Times = [enlisted, After(branch.Voted), After(branch.Decided), After(branch.Finished)],
                Failure = branch.Failure,
            },
            Json.PastBranchJson);

        long? After(DateTimeOffset? time) => time is { } known ? PastPlace.Microseconds1970(known) - enlisted : null;
    }

    /// <summary>The first two lines of a record.</summary>
    public static PastGroup? ReadGroup(GroupId gid, string head)
    {
        if (head.Split('\n', 3) is not [var state, var root, ..] || state.Length <= PastPlace.TimeLength || OutcomeOf(state[0]) is not { } outcome)
            return null;
        if (!long.TryParse(state.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var ended))
            return null;
        if (root.StartsWith(StubMark))
        {
            return InstanceId.TryParse(root[1..], out var process)
                ? new PastGroup(gid, process, outcome, string.Empty, gid.Began, PastPlace.Time(ended), 0, null)
                : null;
        }

        if (Read(root, Json.PastGroupJson) is not { } json || !InstanceId.TryParse(json.Instance, out var instance))
            return null;
        var abort = json.Abort is [var service, var method, var reason] ? new AbortReason(service, method, reason) : null;
        return new PastGroup(gid, instance, outcome, json.Method, PastPlace.Time(json.Began), PastPlace.Time(ended), json.Branches, abort);
    }

    public static PastRecord? ReadRecord(GroupId gid, string? text)
    {
        if (text is null || ReadGroup(gid, text) is not { } group)
            return null;
        var branches = text.Split('\n').Skip(2).Select(line => ReadBranch(gid, group.Root, line)).OfType<PastBranch>();
        return new PastRecord(group, LastOfEach(branches));
    }

    /// <summary>The last word on each branch.</summary>
    private static ImmutableArray<PastBranch> LastOfEach(IEnumerable<PastBranch> branches) => [.. branches.GroupBy(branch => branch.Id).Select(words => words.Last())];

    /// <summary>Of a step: its fields and values.</summary>
    public static PastCount ReadCount(DateTimeOffset from, string[] hash)
    {
        long committed = 0, rolledBack = 0, inDoubt = 0, other = 0;
        var latencies = new Dictionary<int, long>();
        var aborts = new Dictionary<AbortReason, long>();
        for (var at = 0; at + 1 < hash.Length; at += 2)
        {
            var (field, count) = (hash[at], RedisQueueText.Number(hash[at + 1]));
            switch (field[0])
            {
                case 'c':
                    committed = count;
                    break;
                case 'r' when field.Length == 1:
                    rolledBack = count;
                    break;
                case 'd':
                    inDoubt = count;
                    break;
                case 'l' when int.TryParse(field.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var bucket):
                    latencies[bucket] = count;
                    break;
                case 'w' when TryReadReason(field[1..], out var reason):
                    aborts[reason] = count;
                    break;
                case 'o':
                    other = count;
                    break;
            }
        }

        return new PastCount(from) { Committed = committed, RolledBack = rolledBack, InDoubt = inDoubt, Latencies = latencies, Aborts = aborts, OtherAborts = other };
    }

    /// <summary>A reason as the name of a field: service, method and reason, a line each.</summary>
    public static string WriteReason(AbortReason abort)
    {
        var counted = PastCount.Counted(abort);
        return $"{counted.Service}\n{counted.Method}\n{counted.Reason}";
    }

    private static bool TryReadReason(string text, [NotNullWhen(true)] out AbortReason? reason)
    {
        reason = text.Split('\n', 3) is [var service, var method, var why] ? new AbortReason(service, method, why) : null;
        return reason is not null;
    }

    private static PastBranch? ReadBranch(GroupId gid, InstanceId root, string line)
    {
        if (Read(line, Json.PastBranchJson) is not { Times: [{ } enlisted, var voted, var decided, var finished] } json)
            return null;
        if (!BranchId.TryParse(json.Branch, out var id) || !InstanceId.TryParse(json.Instance, out var instance) || !FatName.TryParse(json.Database, out var database))
            return null;
        if (json.Vote.Length != 1 || !RedisText.TryParse(json.Vote[0], out var vote))
            return null;
        return new PastBranch(gid, root, id, instance)
        {
            Method = json.Method,
            Database = database,
            Vote = vote,
            Decision = json.Decision switch { "c" => Decision.Committed, "r" => Decision.RolledBack, _ => null },
            Enlisted = PastPlace.Time(enlisted),
            Voted = At(voted),
            Decided = At(decided),
            Finished = At(finished),
            Failure = json.Failure,
        };

        DateTimeOffset? At(long? after) => after is { } known ? PastPlace.Time(enlisted + known) : null;
    }

    private static PastOutcome? OutcomeOf(char letter) => letter switch
    {
        'c' => PastOutcome.Committed,
        'r' => PastOutcome.RolledBack,
        'd' => PastOutcome.InDoubt,
        't' => PastOutcome.Told,
        _ => null,
    };

    private static T? Read<T>(string text, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(text, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
