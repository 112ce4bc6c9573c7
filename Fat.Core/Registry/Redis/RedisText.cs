using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Fat.Protocol;

namespace Fat.Registry.Redis;

/// <summary>How small records are written into the fields of a group's hash and into messages.</summary>
internal static class RedisText
{
    public static string Of(Decision decision) => decision switch
    {
        Decision.Committed => "committed",
        Decision.RolledBack => "rolledback",
        _ => throw new ArgumentOutOfRangeException(nameof(decision), decision, "An unknown decision."),
    };

    public static bool TryParse(string? text, out Decision decision)
    {
        decision = text == "committed" ? Decision.Committed : Decision.RolledBack;
        return text is "committed" or "rolledback";
    }

    /// <summary>The value of a branch's field: <c>p instance</c>, where p is prepared, r read-only, o open and j joined.</summary>
    public static string ValueOf(BranchVote branch) => $"{Letter(branch.Vote)} {branch.Instance.Text}";

    public static bool TryParseValue(BranchId id, ReadOnlySpan<char> text, [NotNullWhen(true)] out BranchVote? branch)
    {
        branch = null;
        if (text.Length < 3 || text[1] != ' ' || !TryParse(text[0], out var vote))
            return false;
        if (!InstanceId.TryParse(text[2..].ToString(), out var instance))
            return false;
        branch = new BranchVote(id, instance, vote);
        return true;
    }

    /// <summary>A branch by itself: its id and the value of its field.</summary>
    public static string LineOf(BranchVote branch) => $"{branch.Id.Text} {ValueOf(branch)}";

    public static bool TryParseLine(string? text, [NotNullWhen(true)] out BranchVote? branch)
    {
        branch = null;
        return text?.IndexOf(' ', StringComparison.Ordinal) is > 0 and var space && BranchId.TryParse(text[..space], out var id) && TryParseValue(id, text.AsSpan(space + 1), out branch);
    }

    public static string SetOf(ImmutableArray<BranchVote> branches) => string.Join('\n', branches.Select(LineOf));

    /// <summary>Null as with <see cref="ParseLines"/>.</summary>
    public static ImmutableArray<BranchVote>? ParseSet(string? text) => ParseLines(text?.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>
    /// Null when there are none, or one cannot be read: a branch that is left out of a commit set would be rolled back, and what cannot be
    /// read is unknown (rule S6).
    /// </summary>
    public static ImmutableArray<BranchVote>? ParseLines(IEnumerable<string?>? lines)
    {
        if (lines is null)
            return null;
        var branches = ImmutableArray.CreateBuilder<BranchVote>();
        foreach (var line in lines)
        {
            if (!TryParseLine(line, out var branch))
                return null;
            branches.Add(branch);
        }

        return branches.ToImmutable();
    }

    public static string SpacedOf(IEnumerable<CallId> calls) => string.Join(' ', calls.Select(call => call.Text));

    public static string SpacedOf(IEnumerable<BranchId> branches) => string.Join(' ', branches.Select(branch => branch.Text));

    public static ImmutableArray<CallId> ParseCalls(string text)
    {
        var calls = ImmutableArray.CreateBuilder<CallId>();
        foreach (var part in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (CallId.TryParse(part, out var call))
                calls.Add(call);
        }

        return calls.ToImmutable();
    }

    public static ImmutableArray<BranchId> ParseBranches(string text)
    {
        var branches = ImmutableArray.CreateBuilder<BranchId>();
        foreach (var part in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (BranchId.TryParse(part, out var branch))
                branches.Add(branch);
        }

        return branches.ToImmutable();
    }

    public static string Of(Vote vote) => Letter(vote).ToString();

    private static char Letter(Vote vote) => vote switch
    {
        Vote.Prepared => 'p',
        Vote.ReadOnly => 'r',
        Vote.Pending => 'o',
        Vote.Joined => 'j',
        _ => throw new ArgumentOutOfRangeException(nameof(vote), vote, "An unknown vote."),
    };

    public static bool TryParse(char letter, out Vote vote)
    {
        vote = letter switch { 'p' => Vote.Prepared, 'r' => Vote.ReadOnly, 'j' => Vote.Joined, _ => Vote.Pending };
        return letter is 'p' or 'r' or 'o' or 'j';
    }
}
