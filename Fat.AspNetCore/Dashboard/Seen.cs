using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Fat.AspNetCore.Dashboard;

/// <summary>
/// What a page has shown of something, as a text that comes back with an action: the action is refused when it is another one by then. Two of a group: of all that is shown of it, and of one branch in doubt in
/// a list.
/// </summary>
internal static class Seen
{
    public const int Longest = 64;

    private const int HashBytes = 12;

    /// <summary>A group: its state, its decision, where that is, what is in doubt, and how often it was forced. Ages and votes that come in are not part of it.</summary>
    public static string Of(FatGroupDetails details, GroupState state) => "g" + Hash(
        details.InDoubt.Select(branch => $"{branch.Branch} {branch.Database}").Order(StringComparer.Ordinal)
            .Prepend($"{details.Gid} {state} {details.Decision} {details.DecisionDatabase} {details.Forced.Length}"));

    /// <summary>A branch in doubt, whose decision is not known.</summary>
    public static string Of(FatInDoubtBranch branch) => "b" + Hash([$"{branch.Gid} {branch.Branch} {branch.Database}"]);

    /// <summary>A message: its state, and the states and attempts of its branches.</summary>
    public static string Of(FatMessageDetails message) => "m" + Hash(
        message.Branches.Select(branch => $"{branch.BranchId} {branch.State} {branch.Attempts}").Prepend($"{message.Gid} {message.State}"));

    /// <summary>Whether that is what is there now.</summary>
    public static bool IsCurrent(string seen, FatGroupDetails details, GroupState state) =>
        seen == Of(details, state) || details.Decision is null && details.InDoubt.Any(branch => Of(branch) == seen);

    private static string Hash(IEnumerable<string> parts) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))).AsSpan(0, HashBytes));
}
