using System.Collections.Immutable;
using System.Text;

namespace Fat.Protocol;

/// <summary>
/// Branches as text, grouped by instance: <c>instance=branch:vote,branch:vote|instance=…</c>, with the votes <c>p</c>
/// prepared, <c>r</c> read-only, <c>w</c> still waiting to vote, <c>j</c> joined. Used in replies and in decision rows.
/// </summary>
internal static class BranchList
{
    public static string Format(IReadOnlyCollection<BranchVote> branches)
    {
        var text = new StringBuilder(branches.Count * 40);
        foreach (var instance in branches.GroupBy(branch => branch.Instance))
        {
            if (text.Length > 0)
                text.Append('|');
            text.Append(instance.Key).Append('=').AppendJoin(',', instance.Select(branch => $"{branch.Id}:{Letter(branch.Vote)}"));
        }

        return text.ToString();
    }

    /// <summary>Null when the text is malformed.</summary>
    public static ImmutableArray<BranchVote>? Parse(string text)
    {
        var branches = ImmutableArray.CreateBuilder<BranchVote>();
        foreach (var group in text.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = group.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || !InstanceId.TryParse(group[..equals], out var instance))
                return null;
            foreach (var item in group[(equals + 1)..].Split(','))
            {
                if (item.Length < 3 || item[^2] != ':' || !BranchId.TryParse(item[..^2], out var id) || VoteOf(item[^1]) is not { } vote)
                    return null;
                branches.Add(new BranchVote(id, instance, vote));
            }
        }

        return branches.ToImmutable();
    }

    private static char Letter(Vote vote) => vote switch
    {
        Vote.Prepared => 'p',
        Vote.ReadOnly => 'r',
        Vote.Joined => 'j',
        _ => 'w',
    };

    private static Vote? VoteOf(char letter) => letter switch
    {
        'p' => Vote.Prepared,
        'r' => Vote.ReadOnly,
        'w' => Vote.Pending,
        'j' => Vote.Joined,
        _ => null,
    };
}
